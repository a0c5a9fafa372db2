// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Condition;
import io.kernelx.sie.decode.Instruction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Pairs the blocks of two versions of a function by their control flow alone.
 *
 * <ol>
 *   <li>The blocks at the functions' starts are a pair; so are the other entries, in address order.
 *   <li>From each pair on, successors are pairs in their order, or the other way round where one
 *       version branches on the opposite of the other's condition; a block that would get two
 *       partners, or partners with different numbers of successors, means that control flow
 *       differs. If turning branches round comes to that, none is turned.
 *   <li>Blocks that nothing reaches are pairs in address order.
 * </ol>
 */
final class BlockPairing {
  private final FunctionCode v1;
  private final FunctionCode other;
  private final boolean turning;
  private final int[] toOther;
  private final int[] toV1;
  private final Deque<Integer> open = new ArrayDeque<>();

  private BlockPairing(FunctionCode v1, FunctionCode other, boolean turning) {
    this.v1 = v1;
    this.other = other;
    this.turning = turning;
    this.toOther = new int[v1.blocks().size()];
    this.toV1 = new int[other.blocks().size()];
    Arrays.fill(toOther, -1);
    Arrays.fill(toV1, -1);
  }

  /** Returns for each block of V1 the other version's block, or empty if control flow differs. */
  static Optional<List<Integer>> of(FunctionCode v1, FunctionCode other) {
    if (v1.blocks().size() != other.blocks().size()) {
      return Optional.empty();
    }
    return pairs(v1, other, true).or(() -> pairs(v1, other, false));
  }

  private static Optional<List<Integer>> pairs(
      FunctionCode v1, FunctionCode other, boolean turning) {
    BlockPairing pairing = new BlockPairing(v1, other, turning);
    return pairing.complete()
        ? Optional.of(Arrays.stream(pairing.toOther).boxed().toList())
        : Optional.empty();
  }

  private boolean complete() {
    List<BasicBlock> entries = v1.blocks().stream().filter(BasicBlock::entry).toList();
    List<BasicBlock> otherEntries = other.blocks().stream().filter(BasicBlock::entry).toList();
    if (!pairAll(indices(entries), indices(otherEntries)) || !follow()) {
      return false;
    }
    return pairAll(unpaired(toOther), unpaired(toV1)) && follow();
  }

  private static List<Integer> indices(List<BasicBlock> blocks) {
    return blocks.stream().map(BasicBlock::index).toList();
  }

  private static List<Integer> unpaired(int[] partners) {
    List<Integer> free = new ArrayList<>();
    for (int i = 0; i < partners.length; i++) {
      if (partners[i] < 0) {
        free.add(i);
      }
    }
    return free;
  }

  private boolean follow() {
    while (!open.isEmpty()) {
      BasicBlock a = v1.blocks().get(open.pop());
      BasicBlock b = other.blocks().get(toOther[a.index()]);
      if (a.leaves() != b.leaves()
          || a.entry() != b.entry()
          || !pairAll(
              a.successors(), opposite(a, b) ? b.successors().reversed() : b.successors())) {
        return false;
      }
    }
    return true;
  }

  private boolean opposite(BasicBlock a, BasicBlock b) {
    Instruction mine = v1.instructions().get(a.end() - 1);
    Instruction theirs = other.instructions().get(b.end() - 1);
    return turning
        && a.successors().size() == 2
        && b.successors().size() == 2
        && mine.branch().kind() == Branch.Kind.CONDITIONAL
        && theirs.branch().kind() == Branch.Kind.CONDITIONAL
        && mine.condition().isPresent()
        && mine.condition().map(Condition::negated).equals(theirs.condition());
  }

  private boolean pairAll(List<Integer> a, List<Integer> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!pair(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean pair(int a, int b) {
    if (toOther[a] < 0 && toV1[b] < 0) {
      toOther[a] = b;
      toV1[b] = a;
      open.push(a);
      return true;
    }
    return toOther[a] == b;
  }
}

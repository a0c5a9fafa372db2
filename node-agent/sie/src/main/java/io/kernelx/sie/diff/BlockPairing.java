// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Condition;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
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
 *       version branches on the opposite of the other's condition over the same comparison; a block
 *       that would get two partners, or partners with different numbers of successors, means that
 *       control flow differs. If turning branches round comes to that, none is turned.
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
        && mine.condition().map(Condition::negated).equals(theirs.condition())
        && !swapped(v1, a, other, b);
  }

  /**
   * Returns whether the blocks end in comparisons of which one has as its first operand the
   * register that the other has as its second: opposite conditions then say nearly the same.
   */
  private static boolean swapped(FunctionCode v1, BasicBlock a, FunctionCode other, BasicBlock b) {
    List<Optional<Register>> mine = compared(v1, a);
    List<Optional<Register>> theirs = compared(other, b);
    return mine.size() == 2
        && theirs.size() == 2
        && (mine.get(0).isPresent() && mine.get(0).equals(theirs.get(1))
            || mine.get(1).isPresent() && mine.get(1).equals(theirs.get(0)));
  }

  /** Returns the registers that the block's last comparison compares, empty for other operands. */
  private static List<Optional<Register>> compared(FunctionCode code, BasicBlock block) {
    for (Instruction i : code.instructionsOf(block).reversed()) {
      if (i.mnemonic().equals("cmp")) {
        return i.visibleOperands().stream().map(BlockPairing::register).toList();
      }
    }
    return List.of();
  }

  private static Optional<Register> register(Operand o) {
    return o instanceof RegisterOperand r ? Optional.of(r.view().container()) : Optional.empty();
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

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.diff.InstructionKey.Landing;
import io.kernelx.sie.object.ObjectFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One version of a function held against V1.
 *
 * <p>Two kinds of instructions count for nothing: {@code nop} that the kernel does not patch, and
 * jumps within the function that are a block's only way on.
 *
 * @param blockPairs for each block of V1 the other version's block
 * @param partner for each instruction of V1 the index of the equal one, or -1
 * @param neutral indices of V1's instructions that count for nothing
 * @param insertedBefore per block of V1 the places where the other version has instructions of its
 *     own, each as the index of V1's next instruction
 * @param crossings where equal branches enter another function beside its start, and where the
 *     branches at the ends of paired blocks leave on a condition for different places: V1's landing
 *     and the other version's
 */
record VersionAlignment(
    List<Integer> blockPairs,
    int[] partner,
    Set<Integer> neutral,
    List<Set<Integer>> insertedBefore,
    List<Crossing> crossings) {

  private static final Landing NOWHERE = new Landing("", -1);

  /** V1's landing and the other version's. */
  record Crossing(Landing v1, Landing other) {}

  /** Returns the alignment, or empty if control flow differs. */
  static Optional<VersionAlignment> of(FunctionCode v1, FunctionCode other) {
    return BlockPairing.of(v1, other).map(pairs -> align(v1, other, pairs));
  }

  private static VersionAlignment align(FunctionCode v1, FunctionCode other, List<Integer> pairs) {
    InstructionKey.Maker v1Keys = new InstructionKey.Maker(v1.function());
    InstructionKey.Maker otherKeys = new InstructionKey.Maker(other.function());
    int[] partner = new int[v1.instructions().size()];
    Arrays.fill(partner, -1);
    Set<Integer> neutral = new TreeSet<>();
    List<Set<Integer>> inserted = new ArrayList<>();
    List<Crossing> crossings = new ArrayList<>();
    for (BasicBlock block : v1.blocks()) {
      List<Integer> a = significant(v1, block);
      List<Integer> b = significant(other, other.blocks().get(pairs.get(block.index())));
      for (int i = block.first(); i < block.end(); i++) {
        if (!a.contains(i)) {
          neutral.add(i);
        }
      }
      int[] local =
          SequenceAlignment.align(
              a.stream().map(i -> v1Keys.key(v1.instructions().get(i))).toList(),
              b.stream().map(i -> otherKeys.key(other.instructions().get(i))).toList());
      Set<Integer> gaps = new TreeSet<>();
      int next = 0;
      for (int i = 0; i < local.length; i++) {
        if (local[i] < 0) {
          continue;
        }
        if (local[i] > next) {
          gaps.add(a.get(i));
        }
        next = local[i] + 1;
        partner[a.get(i)] = b.get(local[i]);
        Landing from = v1Keys.landing(v1.instructions().get(a.get(i)));
        Landing to = otherKeys.landing(other.instructions().get(b.get(local[i])));
        if (from != null && to != null && (from.offset() != 0 || to.offset() != 0)) {
          crossings.add(new Crossing(from, to));
        }
      }
      BasicBlock opposite = other.blocks().get(pairs.get(block.index()));
      Landing from = exit(v1Keys, v1.instructions().get(block.end() - 1));
      Landing to = exit(otherKeys, other.instructions().get(opposite.end() - 1));
      if (!Objects.equals(from, to)) {
        crossings.add(new Crossing(from == null ? NOWHERE : from, to == null ? NOWHERE : to));
      }
      if (next < b.size()) {
        gaps.add(block.end());
      }
      inserted.add(gaps);
    }
    return new VersionAlignment(pairs, partner, neutral, inserted, crossings);
  }

  /** Returns where a block's last instruction leaves the function on a condition, or null. */
  private static Landing exit(InstructionKey.Maker keys, Instruction last) {
    return last.branch().kind() == Branch.Kind.CONDITIONAL ? keys.landing(last) : null;
  }

  private static List<Integer> significant(FunctionCode code, BasicBlock block) {
    List<Integer> kept = new ArrayList<>();
    for (int i = block.first(); i < block.end(); i++) {
      if (!neutral(code, block, i)) {
        kept.add(i);
      }
    }
    return kept;
  }

  private static boolean neutral(FunctionCode code, BasicBlock block, int index) {
    Instruction instruction = code.instructions().get(index);
    if (patched(code.function(), instruction)) {
      return false;
    }
    return instruction.mnemonic().equals("nop")
        || (instruction.branch().kind() == Branch.Kind.JUMP
            && block.successors().size() == 1
            && !block.leaves());
  }

  private static boolean patched(ObjectFunction function, Instruction instruction) {
    return function.patchSites().stream()
        .anyMatch(
            site ->
                site.offset() < instruction.end()
                    && instruction.offset() < site.offset() + site.length());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.symbolic.Calls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Follows ways through a span. */
final class Passes {
  private Passes() {}

  /**
   * Returns whether a way that stays within the span leads from one probe to another, or back to
   * the same.
   *
   * @param probes indices of the probed instructions
   * @param start first byte of the span
   * @param end byte after its last
   */
  static boolean meetTwo(FunctionCode code, Set<Integer> probes, int start, int end) {
    for (int probe : probes) {
      Set<Integer> seen = new TreeSet<>();
      Deque<Integer> open = new ArrayDeque<>(next(code, probe));
      while (!open.isEmpty()) {
        int at = open.pop();
        int offset = code.instructions().get(at).offset();
        if (offset < start || offset >= end || !seen.add(at)) {
          continue;
        }
        if (probes.contains(at)) {
          return true;
        }
        next(code, at).forEach(open::push);
      }
    }
    return false;
  }

  private static List<Integer> next(FunctionCode code, int instruction) {
    BasicBlock block = code.blockOf(instruction);
    if (instruction + 1 < block.end()) {
      return List.of(instruction + 1);
    }
    List<Integer> next = new ArrayList<>();
    block.successors().forEach(b -> next.add(code.blocks().get(b).first()));
    if (block.leaves() && !returns(code, instruction)) {
      // What leaves for another part of the function may come back wherever such a part leads.
      code.blocks().stream()
          .filter(b -> b.entry() && b.first() > 0)
          .forEach(b -> next.add(b.first()));
    }
    return next;
  }

  private static boolean returns(FunctionCode code, int instruction) {
    Instruction last = code.instructions().get(instruction);
    return last.branch().kind() == Branch.Kind.RETURN
        || Calls.target(last, code.function()).startsWith("__x86_return_thunk");
  }
}

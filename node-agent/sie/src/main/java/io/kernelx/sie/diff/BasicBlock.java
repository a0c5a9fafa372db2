// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import java.util.List;

/**
 * A straight line of instructions: entered only at its first, left only after its last.
 *
 * @param index of the block in its function, in address order
 * @param first index of its first instruction in {@link FunctionCode#instructions()}
 * @param end index after its last instruction
 * @param successors indices of the blocks that can be next: the one that follows in memory first,
 *     then branch targets, then those of tables (static keys, alternatives, fixups)
 * @param entry whether control can come from outside the function: at the function's start, from
 *     its out-of-line part, from a table, or from an indirect jump
 * @param leaves whether control can leave the function here: return, tail call, jump to another
 *     symbol (its out-of-line part included) or an indirect jump
 */
public record BasicBlock(
    int index, int first, int end, List<Integer> successors, boolean entry, boolean leaves) {

  public BasicBlock {
    successors = List.copyOf(successors);
  }
}

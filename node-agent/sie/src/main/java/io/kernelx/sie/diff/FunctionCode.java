// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.object.ObjectFunction;
import java.util.List;

/**
 * A function's instructions and its control flow graph.
 *
 * @param function the bytes and tables it was decoded from
 * @param instructions in address order; offsets count from the function's start, relocations are
 *     attached
 * @param blocks in address order; together they hold every instruction once
 */
public record FunctionCode(
    ObjectFunction function, List<Instruction> instructions, List<BasicBlock> blocks) {

  public FunctionCode {
    instructions = List.copyOf(instructions);
    blocks = List.copyOf(blocks);
  }

  /** Returns the instructions of a block. */
  public List<Instruction> instructionsOf(BasicBlock block) {
    return instructions.subList(block.first(), block.end());
  }

  /** Returns the instructions of a range. */
  public List<Instruction> instructionsOf(IndexRange range) {
    return instructions.subList(range.first(), range.end());
  }

  /** Returns the block that holds the instruction of that index. */
  public BasicBlock blockOf(int instruction) {
    return blocks.stream()
        .filter(block -> block.first() <= instruction && instruction < block.end())
        .findFirst()
        .orElseThrow(() -> new IndexOutOfBoundsException("no instruction " + instruction));
  }

  /** Returns the blocks from which {@code block} can be reached directly. */
  public List<BasicBlock> predecessors(BasicBlock block) {
    return blocks.stream().filter(b -> b.successors().contains(block.index())).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Instruction;
import java.util.Map;
import java.util.TreeMap;

/** Where a function stands in the object, and its instructions. Compared by identity. */
final class FunctionPlace {
  private final ElfSymbol symbol;
  private final ElfSection section;
  private final TreeMap<Integer, Instruction> instructions;

  /**
   * @param symbol the function's symbol
   * @param section the section that holds it
   * @param instructions by offset from the function's start, as far as they can be decoded
   */
  FunctionPlace(ElfSymbol symbol, ElfSection section, Map<Integer, Instruction> instructions) {
    this.symbol = symbol;
    this.section = section;
    this.instructions = new TreeMap<>(instructions);
  }

  ElfSymbol symbol() {
    return symbol;
  }

  ElfSection section() {
    return section;
  }

  Iterable<Instruction> instructions() {
    return instructions.values();
  }

  int start() {
    return (int) symbol.value();
  }

  int end() {
    return (int) (symbol.value() + symbol.size());
  }

  /** Returns the instruction that covers an offset from the function's start, or null. */
  Instruction instructionAt(int offset) {
    Map.Entry<Integer, Instruction> entry = instructions.floorEntry(offset);
    return entry != null && offset < entry.getValue().end() ? entry.getValue() : null;
  }
}

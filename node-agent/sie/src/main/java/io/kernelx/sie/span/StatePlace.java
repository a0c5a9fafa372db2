// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Register;
import java.util.Optional;

/**
 * A place of memory that outlives the function, as an instruction names it. Which object a pointer
 * leads to is not known: two places meet if they lie equally far into whatever it is.
 *
 * @param perCpu whether it lies in the processor's own area
 * @param symbol the variable, or empty if a pointer leads there
 * @param distance bytes from the variable or from where the pointer leads
 * @param length in bytes
 */
record StatePlace(boolean perCpu, Optional<String> symbol, long distance, int length) {

  /** No place in particular; meets none. */
  static final StatePlace NONE = new StatePlace(false, Optional.empty(), 0, 0);

  /** Returns the place that an operand of the instruction names. */
  static StatePlace of(Instruction instruction, MemoryOperand operand) {
    var relocation = instruction.relocation(operand.displacementField());
    long distance =
        relocation.map(r -> r.addend()).orElse(operand.displacement())
            + (relocation.isPresent() && operand.ripRelative()
                ? instruction.end() - relocation.get().offset()
                : 0);
    return new StatePlace(
        operand.segment() == Register.GS,
        relocation.map(r -> r.symbol()),
        distance,
        Math.max(1, operand.width() / 8));
  }

  /** Returns whether the places may have bytes in common. */
  boolean meets(StatePlace other) {
    return perCpu == other.perCpu
        && symbol.equals(other.symbol)
        && distance < other.distance + other.length
        && other.distance < distance + length;
  }
}

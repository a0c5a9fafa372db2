// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Instruction;
import java.util.Optional;

/** Puts expressions in the place of numbers that stand in instructions. */
@FunctionalInterface
public interface Constants {

  /** Takes every number as it is encoded. */
  Constants AS_ENCODED = (instruction, operand) -> Optional.empty();

  /**
   * Returns what to use instead of an immediate, or of a memory operand's displacement.
   *
   * @param operand index in {@link Instruction#operands()}
   * @return 64 bits, of which the operation takes the low ones; empty to use what is encoded
   */
  Optional<Expr> instead(Instruction instruction, int operand);
}

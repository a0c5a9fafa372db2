// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.OptionalInt;

/**
 * Where control goes after an instruction.
 *
 * @param kind how
 * @param target offset in the same coordinates as {@link Instruction#offset()}, as the encoded
 *     distance gives it; meaningless where a relocation covers the distance
 */
public record Branch(Kind kind, OptionalInt target) {

  /** The instruction after this one is next. */
  public static final Branch NONE = new Branch(Kind.NONE, OptionalInt.empty());

  /** The ways to leave the straight line. */
  public enum Kind {
    NONE,
    CONDITIONAL,
    JUMP,
    INDIRECT_JUMP,
    CALL,
    INDIRECT_CALL,
    RETURN,
    /** Interrupts, system calls and traps ({@code int3}, {@code ud2}): may or may not come back. */
    TRAP
  }
}

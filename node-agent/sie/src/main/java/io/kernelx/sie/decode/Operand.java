// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.Optional;
import java.util.OptionalInt;

/** An operand with its exact width, what is done with it, and how it is visible. */
public sealed interface Operand {

  /** Returns the width in bits. */
  int width();

  /** Returns what the instruction does with the operand. */
  Access access();

  Visibility visibility();

  /** How an operand stands in the instruction. */
  enum Visibility {
    /** Encoded and written out, such as both operands of {@code add}. */
    EXPLICIT,
    /** Written out but fixed by the opcode, such as CL in {@code shl eax, cl}. */
    IMPLICIT,
    /** Not written out, such as RSP in {@code push}, or the flags. */
    HIDDEN
  }

  /**
   * A register.
   *
   * @param view the bits that are used
   */
  record RegisterOperand(RegisterView view, Access access, Visibility visibility)
      implements Operand {
    @Override
    public int width() {
      return view.width();
    }
  }

  /**
   * A place in memory: {@code segment:[base + index * scale + displacement]}.
   *
   * @param kind whether memory is touched or only the address computed
   * @param segment the segment register in force; FS and GS have a base of their own, the others
   *     start at 0
   * @param base absent, a general purpose register, or RIP (then the address counts from the end of
   *     the instruction)
   * @param index absent or a general purpose register; not modelled registers for VSIB
   * @param scale 1, 2, 4 or 8, and 0 without an index
   * @param displacement sign-extended
   * @param displacementField where the displacement is encoded
   * @param addressWidth 64 or 32 bits; an address of 32 bits is zero-extended
   * @param width bits accessed; 0 if the architecture leaves it open
   */
  record MemoryOperand(
      Kind kind,
      Register segment,
      Optional<RegisterView> base,
      Optional<RegisterView> index,
      int scale,
      long displacement,
      Field displacementField,
      int addressWidth,
      int width,
      Access access,
      Visibility visibility)
      implements Operand {

    /** What the address is for. */
    public enum Kind {
      /** Memory of {@code width} bits at the address. */
      PLAIN,
      /** Only the address is computed, as by {@code lea}; no memory is touched. */
      ADDRESS_ONLY,
      /** A vector of addresses, or MPX. */
      UNMODELLED
    }

    /** Returns whether the address counts from the end of the instruction. */
    public boolean ripRelative() {
      return base.map(view -> view.container() == Register.RIP).orElse(false);
    }
  }

  /**
   * A number in the instruction.
   *
   * @param value sign-extended to 64 bits if {@code signed}, else zero-extended
   * @param width bits that the operation uses
   * @param signed whether the encoded field is sign-extended
   * @param relative whether it counts from the end of the instruction (branch distance)
   * @param field where the number is encoded; empty for a number that the opcode implies
   */
  record ImmediateOperand(
      long value, int width, boolean signed, boolean relative, Field field, Visibility visibility)
      implements Operand {
    @Override
    public Access access() {
      return new Access(true, false, false, false);
    }
  }

  /**
   * Where a displacement or immediate is encoded.
   *
   * @param offset in bytes from the instruction's start
   * @param size in bytes; 0 if nothing is encoded
   */
  record Field(int offset, int size) {

    /** No field. */
    public static final Field NONE = new Field(0, 0);

    public boolean present() {
      return size > 0;
    }

    /** Returns the byte after the field, counted from the instruction's start. */
    public OptionalInt end() {
      return present() ? OptionalInt.of(offset + size) : OptionalInt.empty();
    }
  }
}

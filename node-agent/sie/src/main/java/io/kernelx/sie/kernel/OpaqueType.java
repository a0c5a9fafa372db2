// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.math.BigInteger;

/**
 * The C type of the variable that stands in a constant's place.
 *
 * @param c as C writes it
 * @param width in bits
 * @param signed whether negative values are negative
 */
public record OpaqueType(String c, int width, boolean signed) {

  static OpaqueType of(boolean unsigned, boolean wide) {
    return new OpaqueType(
        (unsigned ? "unsigned " : "") + (wide ? "long" : "int"), wide ? 64 : 32, !unsigned);
  }

  /**
   * Returns the smallest value for which a literal has this type: C writes a negative number as a
   * minus sign and a positive literal.
   */
  public BigInteger min() {
    return signed ? max().negate() : BigInteger.ZERO;
  }

  /** Returns the largest value for which a literal has this type. */
  public BigInteger max() {
    return BigInteger.ONE.shiftLeft(signed ? width - 1 : width).subtract(BigInteger.ONE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/**
 * A register as an instruction names it: a slice of its container.
 *
 * @param container the register that holds the bits
 * @param width bits named; they start at bit 0, or at bit 8 if {@code high}
 * @param high whether this is AH, CH, DH or BH
 * @param name in lower case, such as {@code r12d}
 */
public record RegisterView(Register container, int width, boolean high, String name) {

  /** Returns the lowest bit of the container that the view covers. */
  public int lowestBit() {
    return high ? 8 : 0;
  }

  @Override
  public String toString() {
    return name;
  }
}

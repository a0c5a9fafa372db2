// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/** A bit of RFLAGS. */
public enum Flag {
  CF(0),
  PF(2),
  AF(4),
  ZF(6),
  SF(7),
  TF(8),
  IF(9),
  DF(10),
  OF(11),
  IOPL(12),
  NT(14),
  RF(16),
  AC(18);

  private final int bit;

  Flag(int bit) {
    this.bit = bit;
  }

  /** Returns the bit's number in RFLAGS. */
  public int bit() {
    return bit;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.Locale;
import java.util.Optional;

/** The registers that hold state, each as its largest container. */
public enum Register {
  RAX(64),
  RCX(64),
  RDX(64),
  RBX(64),
  RSP(64),
  RBP(64),
  RSI(64),
  RDI(64),
  R8(64),
  R9(64),
  R10(64),
  R11(64),
  R12(64),
  R13(64),
  R14(64),
  R15(64),
  RIP(64),
  RFLAGS(64),
  ES(16),
  CS(16),
  SS(16),
  DS(16),
  FS(16),
  GS(16),
  /** Any register that is not modelled: vector, x87, mask, control, debug and table registers. */
  OTHER(0);

  private final int width;

  Register(int width) {
    this.width = width;
  }

  /** Returns the width in bits, 0 for {@link #OTHER}. */
  public int width() {
    return width;
  }

  public boolean isGeneralPurpose() {
    return ordinal() <= R15.ordinal();
  }

  public boolean isSegment() {
    return ordinal() >= ES.ordinal() && ordinal() <= GS.ordinal();
  }

  /**
   * Returns the name that {@code struct pt_regs} and plans use ({@code ax}, {@code r12}); only for
   * general purpose registers.
   */
  public Optional<String> ptRegsName() {
    if (!isGeneralPurpose()) {
      return Optional.empty();
    }
    String name = name().toLowerCase(Locale.ROOT);
    return Optional.of(ordinal() < R8.ordinal() ? name.substring(1) : name);
  }
}

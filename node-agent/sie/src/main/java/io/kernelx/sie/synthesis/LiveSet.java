// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.MachineState;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** Bits of the general purpose registers, and flags, that may still be read. Mutable. */
final class LiveSet {

  static final Set<Register> GENERAL = EnumSet.range(Register.RAX, Register.R15);

  private final long[] bits = new long[GENERAL.size()];
  private final EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);

  static LiveSet everything() {
    LiveSet all = new LiveSet();
    Arrays.fill(all.bits, -1L);
    all.flags.addAll(MachineState.FLAGS);
    return all;
  }

  LiveSet copy() {
    LiveSet c = new LiveSet();
    c.addAll(this);
    return c;
  }

  long bits(Register r) {
    return bits[r.ordinal()];
  }

  boolean has(Flag f) {
    return flags.contains(f);
  }

  void add(Register r) {
    bits[r.ordinal()] = -1L;
  }

  void add(RegisterView view) {
    if (view.container().isGeneralPurpose()) {
      bits[view.container().ordinal()] |= mask(view);
    }
  }

  void add(Flag f) {
    if (MachineState.FLAGS.contains(f)) {
      flags.add(f);
    }
  }

  /** Removes what a write to the view overwrites: all of the register from 32 bits on. */
  void remove(RegisterView view) {
    if (view.container().isGeneralPurpose()) {
      bits[view.container().ordinal()] &= view.width() >= 32 ? 0 : ~mask(view);
    }
  }

  void remove(Register r) {
    bits[r.ordinal()] = 0;
  }

  void remove(Flag f) {
    flags.remove(f);
  }

  /** Adds everything of {@code other}; returns whether that changed anything. */
  boolean addAll(LiveSet other) {
    boolean changed = flags.addAll(other.flags);
    for (int i = 0; i < bits.length; i++) {
      changed |= (other.bits[i] & ~bits[i]) != 0;
      bits[i] |= other.bits[i];
    }
    return changed;
  }

  private static long mask(RegisterView view) {
    return Bits.mask(view.width()) << view.lowestBit();
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    for (Register r : GENERAL) {
      if (bits(r) != 0) {
        s.append(r).append(':').append(Long.toHexString(bits(r))).append(' ');
      }
    }
    return s.append(flags).toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How registers and flags are to be written so that one state becomes another, where it counts. */
final class Rewrite {

  /** More registers than this are not rewritten by one probe. */
  private static final int MAX_WRITES = 4;

  private static final int MAX_TEXT = 2000;

  private final MachineState actual;
  private final MachineState wanted;
  private final LiveSet needed;
  private final Set<Register> differing = EnumSet.noneOf(Register.class);
  private String obstacle = "";

  /**
   * @param actual what the registers hold
   * @param wanted what they should hold
   * @param needed what may still be read
   */
  Rewrite(MachineState actual, MachineState wanted, LiveSet needed) {
    this.actual = actual;
    this.wanted = wanted;
    this.needed = needed;
    for (Register r : LiveSet.GENERAL) {
      if (differs(r, needed.bits(r))) {
        differing.add(r);
      }
    }
  }

  /** Returns the registers that differ in a bit that is needed. */
  Set<Register> differing() {
    return Set.copyOf(differing);
  }

  boolean flagsDiffer() {
    return MachineState.FLAGS.stream()
        .anyMatch(f -> needed.has(f) && !actual.flag(f).equals(wanted.flag(f)));
  }

  /** Says what stood in the way of {@link #writes}. */
  String obstacle() {
    return obstacle;
  }

  /**
   * Returns the writes, flags first.
   *
   * @param probe the state whose registers the expressions may read
   * @param memory what the memory operand holds that they may read, if there is one
   * @return empty if something cannot be expressed
   */
  Optional<List<RegisterWrite>> writes(MachineState probe, Optional<Expr> memory) {
    if (differing.contains(Register.RSP) || differing.size() > MAX_WRITES) {
      obstacle = "too many registers follow the constant there";
      return Optional.empty();
    }
    ExpressionWriter writer = writer(probe, memory);
    List<RegisterWrite> writes = new ArrayList<>();
    if (flagsDiffer()) {
      Optional<PlanExpression> e = flags(writer);
      if (e.isEmpty()) {
        obstacle =
            "the flags that follow the constant cannot be computed anew at any place after it";
        return Optional.empty();
      }
      writes.add(new RegisterWrite(Register.RFLAGS, 64, e.get()));
    }
    for (Register r : differing) {
      int width = width(r);
      Optional<PlanExpression> e = writer.low(Bits.low(wanted.register(r), width));
      if (e.filter(Rewrite::isShort).isEmpty()) {
        obstacle =
            "what "
                + r.ptRegsName().orElseThrow()
                + " was computed from has been overwritten before a probe can stand";
        return Optional.empty();
      }
      writes.add(new RegisterWrite(r, width, e.get()));
    }
    return Optional.of(writes);
  }

  static ExpressionWriter writer(MachineState probe, Optional<Expr> memory) {
    Set<Register> usable = EnumSet.copyOf(LiveSet.GENERAL);
    usable.remove(Register.RSP);
    return new ExpressionWriter(probe, usable, memory);
  }

  static boolean isShort(PlanExpression e) {
    return e.text().length() <= MAX_TEXT;
  }

  /** Returns the flags that are needed, each in its bit; those that are not come out as 0. */
  private Optional<PlanExpression> flags(ExpressionWriter writer) {
    Expr all = Bits.constant(64, 0);
    for (Flag f : Flag.values()) {
      if (MachineState.FLAGS.contains(f) && needed.has(f)) {
        Expr placed = Bits.shl(Bits.zext(wanted.flag(f), 64), Bits.constant(64, f.bit()));
        all = Bits.add(all, placed);
      }
    }
    return writer.low(all).filter(Rewrite::isShort);
  }

  /** Returns the least width whose write sets every bit that must change; 32 clears the rest. */
  private int width(Register r) {
    long live = needed.bits(r);
    for (int width : new int[] {8, 16}) {
      if (!differs(r, live & -1L << width)) {
        return width;
      }
    }
    boolean clear = Bits.extract(wanted.register(r), 63, 32).isConst(0);
    return live >>> 32 == 0 || clear ? 32 : 64;
  }

  private boolean differs(Register r, long mask) {
    if (mask == 0) {
      return false;
    }
    int low = Long.numberOfTrailingZeros(mask);
    int high = 63 - Long.numberOfLeadingZeros(mask);
    return !Bits.extract(actual.register(r), high, low)
        .equals(Bits.extract(wanted.register(r), high, low));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Condition;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.symbolic.Expr.Op;

/** The sixteen conditions over the flags. */
public final class Conditions {

  private Conditions() {}

  /** Returns one bit: whether the condition holds in the state. */
  public static Expr holds(Condition condition, MachineState s) {
    boolean negated = condition.ordinal() % 2 == 1;
    Expr bit =
        switch (negated ? condition.negated() : condition) {
          case O -> s.flag(Flag.OF);
          case B -> s.flag(Flag.CF);
          case Z -> s.flag(Flag.ZF);
          case BE -> belowOrEqual(s.flag(Flag.CF), s.flag(Flag.ZF));
          case S -> s.flag(Flag.SF);
          case P -> s.flag(Flag.PF);
          case L -> less(s.flag(Flag.SF), s.flag(Flag.OF));
          default -> lessOrEqual(s);
        };
    return negated ? Bits.not(bit) : bit;
  }

  /** {@code a < b || a == b} is {@code !(b < a)}, which is how other code puts the question. */
  private static Expr belowOrEqual(Expr cf, Expr zf) {
    if (cf.op() == Op.ULT && zf.equals(Bits.eq(cf.arg(0), cf.arg(1)))) {
      return Bits.not(Bits.ult(cf.arg(1), cf.arg(0)));
    }
    return Bits.or(cf, zf);
  }

  /** The sign of a difference, put right by its overflow, is the comparison. */
  private static Expr less(Expr sf, Expr of) {
    if (of.op() == Op.SUB_OVERFLOW && sf.equals(Bits.sign(Bits.sub(of.arg(0), of.arg(1))))) {
      return Bits.slt(of.arg(0), of.arg(1));
    }
    return Bits.xor(sf, of);
  }

  private static Expr lessOrEqual(MachineState s) {
    Expr less = less(s.flag(Flag.SF), s.flag(Flag.OF));
    Expr zf = s.flag(Flag.ZF);
    if (less.op() == Op.SLT && zf.equals(Bits.eq(less.arg(0), less.arg(1)))) {
      return Bits.not(Bits.slt(less.arg(1), less.arg(0)));
    }
    return Bits.or(less, zf);
  }
}

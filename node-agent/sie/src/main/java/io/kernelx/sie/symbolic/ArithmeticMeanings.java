// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import java.util.Map;

/** Sums, products, comparisons and the bitwise operations. Division is not modelled. */
final class ArithmeticMeanings {

  private ArithmeticMeanings() {}

  static void addTo(Map<String, Meaning> all) {
    all.put("add", Meaning.of(s -> s.out(0, s.alu().add(s.in(0), s.in(1, s.width())))));
    all.put("sub", Meaning.of(s -> s.out(0, s.alu().sub(s.in(0), s.in(1, s.width())))));
    all.put("adc", Meaning.of(s -> s.out(0, s.alu().adc(s.in(0), s.in(1, s.width())))));
    all.put("sbb", Meaning.of(s -> s.out(0, s.alu().sbb(s.in(0), s.in(1, s.width())))));
    all.put("cmp", Meaning.of(s -> s.alu().sub(s.in(0), s.in(1, s.width()))));
    all.put("inc", Meaning.of(s -> s.out(0, s.alu().inc(s.in(0)))));
    all.put("dec", Meaning.of(s -> s.out(0, s.alu().dec(s.in(0)))));
    all.put("neg", Meaning.of(s -> s.out(0, s.alu().neg(s.in(0)))));
    all.put("not", Meaning.of(s -> s.out(0, Bits.not(s.in(0)))));
    all.put("and", Meaning.of(s -> s.out(0, s.alu().logic(Bits.and(s.in(0), number(s))))));
    all.put("or", Meaning.of(s -> s.out(0, s.alu().logic(Bits.or(s.in(0), number(s))))));
    all.put("xor", Meaning.of(s -> s.out(0, s.alu().logic(Bits.xor(s.in(0), number(s))))));
    all.put("test", Meaning.of(s -> s.alu().logic(Bits.and(s.in(0), number(s)))));
    all.put("imul", Meaning.of(ArithmeticMeanings::imul));
    all.put("mul", Meaning.of(s -> wide(s, false)));
    all.put("mulx", Meaning.of(ArithmeticMeanings::mulx));
    all.put("clc", Meaning.of(s -> s.flag(Flag.CF, Bits.constant(1, 0))));
    all.put("stc", Meaning.of(s -> s.flag(Flag.CF, Bits.constant(1, 1))));
    all.put("cmc", Meaning.of(s -> s.flag(Flag.CF, Bits.not(s.flag(Flag.CF)))));
  }

  private static Expr number(Step s) {
    return s.in(1, s.width());
  }

  private static void imul(Step s) {
    switch (s.operandCount()) {
      case 1 -> wide(s, true);
      case 2 -> s.out(0, s.alu().imul(s.in(0), s.in(1, s.width())));
      default -> s.out(0, s.alu().imul(s.in(1), s.in(2, s.width())));
    }
  }

  /** The product of the accumulator and the operand, of twice their width. */
  private static void wide(Step s, boolean signed) {
    int w = s.width();
    Expr a = s.implied(Register.RAX, w);
    Expr b = s.in(0);
    Expr low = Bits.mul(a, b);
    Expr high = high(a, b, signed);
    Expr overflow = signed ? Bits.mulOverflow(a, b) : Bits.not(Bits.eq(high, Bits.constant(w, 0)));
    s.flag(Flag.CF, overflow);
    s.flag(Flag.OF, overflow);
    s.undefined(Flag.SF, Flag.ZF, Flag.AF, Flag.PF);
    if (w == 8) {
      s.implied(Register.RAX, Bits.concat(high, low));
    } else {
      s.implied(Register.RAX, low);
      s.implied(Register.RDX, high);
    }
  }

  private static void mulx(Step s) {
    Expr a = s.implied(Register.RDX, s.width());
    Expr b = s.in(2);
    s.out(1, Bits.mul(a, b));
    s.out(0, high(a, b, false));
  }

  private static Expr high(Expr a, Expr b, boolean signed) {
    int w = a.width();
    if (w == 64) {
      return signed ? Bits.smulHigh(a, b) : Bits.umulHigh(a, b);
    }
    Expr x = signed ? Bits.sext(a, 2 * w) : Bits.zext(a, 2 * w);
    Expr y = signed ? Bits.sext(b, 2 * w) : Bits.zext(b, 2 * w);
    return Bits.extract(Bits.mul(x, y), 2 * w - 1, w);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Single bits: tests, scans, counts, and what picks bits out of a register. */
final class BitMeanings {

  private BitMeanings() {}

  static void addTo(Map<String, Meaning> all) {
    all.put("bt", s -> test(s, null));
    all.put("bts", s -> test(s, Bits::or));
    all.put("btr", s -> test(s, (a, bit) -> Bits.and(a, Bits.not(bit))));
    all.put("btc", s -> test(s, Bits::xor));
    all.put("bsf", Meaning.of(s -> scan(s, BitMeanings::trailing)));
    all.put("bsr", Meaning.of(s -> scan(s, BitMeanings::highest)));
    all.put("tzcnt", Meaning.of(BitMeanings::trailingZeros));
    all.put("lzcnt", Meaning.of(BitMeanings::leadingZeros));
    all.put("popcnt", Meaning.of(BitMeanings::population));
    all.put("andn", Meaning.of(BitMeanings::andNot));
    all.put("blsr", Meaning.of(s -> lowest(s, Bits::and, false)));
    all.put("blsmsk", Meaning.of(s -> lowest(s, Bits::xor, false)));
    all.put("blsi", Meaning.of(s -> lowest(s, (a, below) -> Bits.and(a, Bits.neg(a)), true)));
    all.put("bextr", Meaning.of(BitMeanings::field));
    all.put("bzhi", Meaning.of(BitMeanings::lowBits));
  }

  /**
   * Bit tests. Of a register or with a number the index counts modulo the width; a register as
   * index of memory counts bits from the address, below it too.
   *
   * @param change what becomes of the operand, from itself and the bit's place; null for nothing
   */
  private static boolean test(Step s, BinaryOperator<Expr> change) {
    int w = s.width();
    Expr wanted = s.in(1, w);
    Expr index = Bits.and(wanted, Bits.constant(w, w - 1));
    Expr away = Bits.constant(64, 0);
    if (s.operands().operand(0) instanceof MemoryOperand m && !s.isNumber(1)) {
      if (m.addressWidth() != 64) {
        return false;
      }
      Expr words = Bits.ashr(wanted, Bits.constant(w, Integer.numberOfTrailingZeros(w)));
      away = Bits.mul(Bits.constant(64, w / 8), Bits.sext(words, 64));
    }
    Expr a = s.operands().readAway(0, away);
    s.flag(Flag.CF, Bits.low(Bits.lshr(a, index), 1));
    s.undefined(Flag.OF, Flag.SF, Flag.AF, Flag.PF);
    if (change != null) {
      Expr bit = Bits.shl(Bits.constant(w, 1), index);
      s.operands().writeAway(0, away, change.apply(a, bit));
    }
    return true;
  }

  private static Expr trailing(Expr a) {
    return highest(Bits.and(a, Bits.neg(a)));
  }

  private static Expr highest(Expr a) {
    return Bits.sub(Bits.bitLength(a), Bits.constant(a.width(), 1));
  }

  /** Of 0 the result is the destination as it was; bits above 32 then, some function of those. */
  private static void scan(Step s, UnaryOperator<Expr> index) {
    int w = s.width();
    Expr a = s.in(1);
    Expr zero = Bits.eq(a, Bits.constant(w, 0));
    Expr old = s.in(0);
    Expr found = Bits.ite(zero, old, index.apply(a));
    if (w == 32) {
      Register whole = ((RegisterOperand) s.operands().operand(0)).view().container();
      Expr above = Bits.extract(s.state().register(whole), 63, 32);
      Expr kept = Bits.apply("scan.above", 32, List.of(above));
      Expr upper = Bits.ite(zero, kept, Bits.constant(32, 0));
      s.state().setRegister(whole, Bits.concat(upper, found));
    } else {
      s.out(0, found);
    }
    s.flag(Flag.ZF, zero);
    s.undefined(Flag.CF, Flag.OF, Flag.SF, Flag.AF, Flag.PF);
  }

  /** Processors without BMI take it for BSF, and compilers rely on that: only what both do. */
  private static void trailingZeros(Step s) {
    int w = s.width();
    Expr a = s.in(1);
    Expr zero = Bits.eq(a, Bits.constant(w, 0));
    Expr none = Bits.apply("tzcnt.none", w, List.of(s.in(0)));
    s.out(0, Bits.ite(zero, none, trailing(a)));
    s.undefined(Flag.CF, Flag.ZF, Flag.OF, Flag.SF, Flag.AF, Flag.PF);
  }

  private static void leadingZeros(Step s) {
    int w = s.width();
    Expr a = s.in(1);
    Expr n = Bits.sub(Bits.constant(w, w), Bits.bitLength(a));
    s.flag(Flag.CF, Bits.eq(a, Bits.constant(w, 0)));
    s.flag(Flag.ZF, Bits.sign(a));
    s.undefined(Flag.OF, Flag.SF, Flag.AF, Flag.PF);
    s.out(0, n);
  }

  private static void population(Step s) {
    Expr a = s.in(1);
    for (Flag f : MachineState.FLAGS) {
      s.flag(f, Bits.constant(1, 0));
    }
    s.flag(Flag.ZF, Bits.eq(a, Bits.constant(a.width(), 0)));
    s.out(0, Bits.popcount(a));
  }

  private static void andNot(Step s) {
    s.out(0, picked(s, Bits.and(Bits.not(s.in(1)), s.in(2))));
    s.flag(Flag.CF, Bits.constant(1, 0));
  }

  private static void lowest(Step s, BinaryOperator<Expr> pick, boolean carryIfAny) {
    Expr a = s.in(1);
    Expr zero = Bits.eq(a, Bits.constant(a.width(), 0));
    Expr below = Bits.sub(a, Bits.constant(a.width(), 1));
    s.out(0, picked(s, pick.apply(a, below)));
    s.flag(Flag.CF, carryIfAny ? Bits.not(zero) : zero);
  }

  private static void field(Step s) {
    Expr a = s.in(1);
    Expr control = s.in(2);
    Expr shifted = Bits.lshr(a, Bits.zext(Bits.low(control, 8), a.width()));
    Expr length = Bits.zext(Bits.extract(control, 15, 8), a.width());
    s.out(0, picked(s, Bits.and(shifted, ones(length))));
    s.undefined(Flag.SF, Flag.CF, Flag.OF);
  }

  private static void lowBits(Step s) {
    Expr a = s.in(1);
    Expr n = Bits.zext(Bits.low(s.in(2), 8), a.width());
    Expr within = Bits.ult(n, Bits.constant(a.width(), a.width()));
    s.out(0, picked(s, Bits.and(a, ones(n))));
    s.flag(Flag.CF, Bits.not(within));
  }

  /** Returns a number of ones; all of them from the width on. */
  private static Expr ones(Expr n) {
    Expr one = Bits.constant(n.width(), 1);
    return Bits.sub(Bits.shl(one, n), one);
  }

  /** Sets the flags that these instructions share. */
  private static Expr picked(Step s, Expr result) {
    s.flag(Flag.OF, Bits.constant(1, 0));
    s.flag(Flag.SF, Bits.sign(result));
    s.flag(Flag.ZF, Bits.eq(result, Bits.constant(result.width(), 0)));
    s.undefined(Flag.AF, Flag.PF);
    return result;
  }
}

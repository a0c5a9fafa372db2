// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import java.util.Map;

/**
 * Shifts and rotations. The processor takes 5 bits of the count, 6 for operands of 64 bits; a count
 * of 0 leaves every flag as it was.
 */
final class ShiftMeanings {

  private ShiftMeanings() {}

  static void addTo(Map<String, Meaning> all) {
    for (String name : new String[] {"shl", "shr", "sar"}) {
      all.put(name, Meaning.of(s -> s.out(0, s.alu().shift(name, s.in(0), s.count(1)))));
    }
    all.put("rol", Meaning.of(s -> rotate(s, true)));
    all.put("ror", Meaning.of(s -> rotate(s, false)));
    all.put("rcl", s -> rotateThroughCarry(s, true));
    all.put("rcr", s -> rotateThroughCarry(s, false));
    all.put("shld", s -> both(s, true));
    all.put("shrd", s -> both(s, false));
    all.put("shlx", Meaning.of(s -> s.out(0, Bits.shl(s.in(1), countOf(s)))));
    all.put("shrx", Meaning.of(s -> s.out(0, Bits.lshr(s.in(1), countOf(s)))));
    all.put("sarx", Meaning.of(s -> s.out(0, Bits.ashr(s.in(1), countOf(s)))));
    all.put("rorx", Meaning.of(s -> s.out(0, rotated(s.in(1), masked(s.count(2), s.width())))));
  }

  /** Returns the count as the processor takes it, 8 bits wide. */
  private static Expr masked(Expr count, int width) {
    return Bits.zext(Bits.low(count, width == 64 ? 6 : 5), 8);
  }

  private static Expr countOf(Step s) {
    return Bits.zext(Bits.low(s.in(2), s.width() == 64 ? 6 : 5), s.width());
  }

  private static Expr resized(Expr n, int width) {
    return width == 8 ? n : Bits.zext(n, width);
  }

  /** Rotates to the right by a masked count of 8 bits. */
  private static Expr rotated(Expr a, Expr n) {
    int w = a.width();
    if (n.isConst()) {
      int k = (int) (n.value() % w);
      return k == 0 ? a : Bits.concat(Bits.low(a, k), Bits.extract(a, w - 1, k));
    }
    Expr k = resized(Bits.and(n, Bits.constant(8, w - 1)), w);
    Expr rest = Bits.sub(Bits.constant(w, w), k);
    return Bits.or(Bits.lshr(a, k), Bits.shl(a, rest));
  }

  private static void rotate(Step s, boolean left) {
    int w = s.width();
    Expr n = masked(s.count(1), w);
    Expr none = Bits.eq(n, Bits.constant(8, 0));
    Expr right = left ? Bits.and(Bits.neg(n), Bits.constant(8, w - 1)) : n;
    Expr result = rotated(s.in(0), right);
    Expr top = Bits.sign(result);
    Expr carry = left ? Bits.low(result, 1) : top;
    Expr overflow =
        !n.isConst(1)
            ? s.state().unknown(1)
            : Bits.xor(top, left ? carry : Bits.extract(result, w - 2, w - 2));
    unless(s, none, Flag.CF, carry);
    unless(s, none, Flag.OF, overflow);
    s.out(0, result);
  }

  /** Rotates through the carry flag, by a number only. */
  private static boolean rotateThroughCarry(Step s, boolean left) {
    int w = s.width();
    Expr count = masked(s.count(1), w);
    if (!count.isConst()) {
      return false;
    }
    int n = (int) (w >= 32 ? count.value() : count.value() % (w + 1));
    Expr a = s.in(0);
    Expr carry = s.flag(Flag.CF);
    Expr result = a;
    if (n > 0) {
      Expr k = Bits.constant(w, n);
      Expr rest = Bits.constant(w, w + 1L - n);
      Expr bit = Bits.shl(Bits.zext(carry, w), Bits.constant(w, left ? n - 1L : w - n));
      Expr kept = left ? Bits.shl(a, k) : Bits.lshr(a, k);
      Expr round = left ? Bits.lshr(a, rest) : Bits.shl(a, rest);
      result = Bits.or(Bits.or(kept, bit), round);
      int out = left ? w - n : n - 1;
      s.flag(Flag.CF, Bits.extract(a, out, out));
    }
    if (count.isConst(1)) {
      Expr other = left ? s.flag(Flag.CF) : carry;
      s.flag(Flag.OF, Bits.xor(Bits.sign(left ? result : a), other));
    } else if (!count.isConst(0)) {
      s.undefined(Flag.OF);
    }
    s.out(0, result);
    return true;
  }

  /** Shifts two registers as if they were one; counts above the width have no defined result. */
  private static boolean both(Step s, boolean left) {
    int w = s.width();
    Expr n = masked(s.count(2), w);
    if (w < 32 && !(n.isConst() && n.value() <= w)) {
      return false;
    }
    Expr a = s.in(0);
    Expr b = s.in(1);
    Expr k = resized(n, w);
    Expr rest = Bits.sub(Bits.constant(w, w), k);
    Expr last = Bits.sub(k, Bits.constant(w, 1));
    Expr result =
        left
            ? Bits.or(Bits.shl(a, k), Bits.lshr(b, rest))
            : Bits.or(Bits.lshr(a, k), Bits.shl(b, rest));
    Expr carry = Bits.low(Bits.lshr(a, left ? rest : last), 1);
    Expr overflow = n.isConst(1) ? Bits.xor(Bits.sign(a), Bits.sign(result)) : s.state().unknown(1);
    Expr none = Bits.eq(n, Bits.constant(8, 0));
    unless(s, none, Flag.CF, carry);
    unless(s, none, Flag.OF, overflow);
    unless(s, none, Flag.AF, s.state().unknown(1));
    unless(s, none, Flag.SF, Bits.sign(result));
    unless(s, none, Flag.ZF, Bits.eq(result, Bits.constant(w, 0)));
    unless(s, none, Flag.PF, Bits.parity(result));
    s.out(0, result);
    return true;
  }

  private static void unless(Step s, Expr none, Flag f, Expr bit) {
    s.flag(f, Bits.ite(none, s.flag(f), bit));
  }
}

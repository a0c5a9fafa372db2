// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import java.util.List;

/** Results and flags of the arithmetic instructions. What the manual leaves open is unknown. */
final class Arithmetic {

  private final MachineState state;

  Arithmetic(MachineState state) {
    this.state = state;
  }

  Expr add(Expr a, Expr b) {
    Expr r = Bits.add(a, b);
    state.setFlag(Flag.CF, Bits.ult(r, a));
    state.setFlag(Flag.OF, Bits.addOverflow(a, b));
    return signZeroParity(adjust(a, b, r));
  }

  Expr sub(Expr a, Expr b) {
    Expr r = Bits.sub(a, b);
    state.setFlag(Flag.CF, Bits.ult(a, b));
    state.setFlag(Flag.OF, Bits.subOverflow(a, b));
    return signZeroParity(adjust(a, b, r));
  }

  Expr adc(Expr a, Expr b) {
    Expr carry = Bits.zext(state.flag(Flag.CF), a.width());
    Expr t = Bits.add(a, b);
    Expr r = Bits.add(t, carry);
    state.setFlag(Flag.CF, Bits.or(Bits.ult(t, a), Bits.ult(r, t)));
    state.setFlag(Flag.OF, Bits.sign(Bits.and(Bits.xor(a, r), Bits.xor(b, r))));
    return signZeroParity(adjust(a, b, r));
  }

  Expr sbb(Expr a, Expr b) {
    Expr carry = Bits.zext(state.flag(Flag.CF), a.width());
    Expr t = Bits.sub(a, b);
    Expr r = Bits.sub(t, carry);
    state.setFlag(Flag.CF, Bits.or(Bits.ult(a, b), Bits.ult(t, carry)));
    state.setFlag(Flag.OF, Bits.sign(Bits.and(Bits.xor(a, b), Bits.xor(a, r))));
    return signZeroParity(adjust(a, b, r));
  }

  Expr inc(Expr a) {
    Expr carry = state.flag(Flag.CF);
    Expr r = add(a, Bits.constant(a.width(), 1));
    state.setFlag(Flag.CF, carry);
    return r;
  }

  Expr dec(Expr a) {
    Expr carry = state.flag(Flag.CF);
    Expr r = sub(a, Bits.constant(a.width(), 1));
    state.setFlag(Flag.CF, carry);
    return r;
  }

  Expr neg(Expr a) {
    return sub(Bits.constant(a.width(), 0), a);
  }

  /** Sets the flags of AND, OR, XOR and TEST for the result. */
  Expr logic(Expr r) {
    state.setFlag(Flag.CF, Bits.constant(1, 0));
    state.setFlag(Flag.OF, Bits.constant(1, 0));
    state.setFlag(Flag.AF, state.unknown(1));
    return signZeroParity(r);
  }

  /** Multiplies two signed numbers and keeps the low half. */
  Expr imul(Expr a, Expr b) {
    Expr overflow = Bits.mulOverflow(a, b);
    state.setFlag(Flag.CF, overflow);
    state.setFlag(Flag.OF, overflow);
    for (Flag f : List.of(Flag.SF, Flag.ZF, Flag.AF, Flag.PF)) {
      state.setFlag(f, state.unknown(1));
    }
    return Bits.mul(a, b);
  }

  /**
   * Shifts.
   *
   * @param mnemonic {@code shl}, {@code shr} or {@code sar}
   * @param count 8 bits; the processor takes 5 of them, or 6 for 64-bit operands
   */
  Expr shift(String mnemonic, Expr a, Expr count) {
    int w = a.width();
    Expr n = Bits.zext(Bits.low(count, w == 64 ? 6 : 5), 8);
    Expr wide = w == 8 ? n : Bits.zext(n, w);
    Expr one = Bits.constant(w, 1);
    Expr last = Bits.sub(wide, one);
    Expr result;
    Expr carry;
    switch (mnemonic) {
      case "shl" -> {
        result = Bits.shl(a, wide);
        carry = w < 32 ? null : Bits.low(Bits.lshr(a, Bits.sub(Bits.constant(w, w), wide)), 1);
      }
      case "shr" -> {
        result = Bits.lshr(a, wide);
        carry = w < 32 ? null : Bits.low(Bits.lshr(a, last), 1);
      }
      default -> {
        result = Bits.ashr(a, wide);
        carry = Bits.low(Bits.ashr(a, last), 1);
      }
    }
    if (carry == null && n.isConst() && n.value() <= w && n.value() > 0) {
      int bit = (int) (mnemonic.equals("shl") ? w - n.value() : n.value() - 1);
      carry = Bits.extract(a, bit, bit);
    }
    Expr none = Bits.eq(n, Bits.constant(8, 0));
    Expr overflow = null;
    if (n.isConst(1)) {
      overflow =
          switch (mnemonic) {
            case "shl" -> Bits.xor(Bits.sign(result), carry);
            case "shr" -> Bits.sign(a);
            default -> Bits.constant(1, 0);
          };
    }
    unless(none, Flag.CF, carry);
    unless(none, Flag.OF, overflow);
    unless(none, Flag.AF, null);
    unless(none, Flag.SF, Bits.sign(result));
    unless(none, Flag.ZF, isZero(result));
    unless(none, Flag.PF, Bits.parity(result));
    return result;
  }

  /** Sets a flag (to an unknown one if {@code bit} is null) where {@code none} does not hold. */
  private void unless(Expr none, Flag f, Expr bit) {
    if (!none.isConst(1)) {
      Expr changed = bit == null ? state.unknown(1) : bit;
      state.setFlag(f, Bits.ite(none, state.flag(f), changed));
    }
  }

  private Expr adjust(Expr a, Expr b, Expr r) {
    state.setFlag(Flag.AF, Bits.extract(Bits.xor(Bits.xor(a, b), r), 4, 4));
    return r;
  }

  private Expr signZeroParity(Expr r) {
    state.setFlag(Flag.SF, Bits.sign(r));
    state.setFlag(Flag.ZF, isZero(r));
    state.setFlag(Flag.PF, Bits.parity(r));
    return r;
  }

  private static Expr isZero(Expr r) {
    return Bits.eq(r, Bits.constant(r.width(), 0));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.symbolic.Expr.Op;
import java.util.List;

/** The simplifications of EQ, ULT and SLT. */
final class Comparisons {

  private Comparisons() {}

  static Expr eq(Expr a, Expr b) {
    Bits.same(a, b);
    if (a.width() == 1) {
      return Bits.not(Bits.xor(a, b));
    }
    Expr difference = Bits.sub(a, b);
    if (difference.isConst()) {
      return Bits.constant(1, difference.isConst(0) ? 1 : 0);
    }
    return zeroTest(simpler(Bits.neg(difference), difference));
  }

  /** Returns whether {@code d} is 0, written as the equality of two sides where it is one. */
  private static Expr zeroTest(Expr d) {
    int w = d.width();
    Expr zero = Bits.constant(w, 0);
    if (d.op() == Op.CONCAT && d.arg(0).isConst(0)) {
      Expr rest = Slices.concat(d.args().subList(1, d.args().size()));
      return eq(rest, Bits.constant(rest.width(), 0));
    }
    if (d.op() == Op.ADD && d.args().size() == 2) {
      Expr x = d.arg(0);
      Expr y = d.arg(1);
      if (x.isConst()) {
        Expr number = Bits.neg(x);
        return plainEq(number, y);
      }
      Expr minusX = Bits.neg(x);
      Expr minusY = Bits.neg(y);
      if (minusX.op() != Op.MUL) {
        return plainEq(minusX, y);
      }
      if (minusY.op() != Op.MUL) {
        return plainEq(x, minusY);
      }
    }
    return new Expr(Op.EQ, 1, 0, "", List.of(zero, d));
  }

  private static Expr simpler(Expr a, Expr b) {
    return a.size() < b.size() || a.size() == b.size() && a.compareTo(b) < 0 ? a : b;
  }

  private static Expr plainEq(Expr a, Expr b) {
    if (a.isConst() && b.op() == Op.MUL && b.arg(0).isConst(-1) && b.args().size() == 2) {
      return plainEq(Bits.neg(a), b.arg(1));
    }
    if (a.isConst() && b.op() == Op.CONCAT && b.arg(0).isConst()) {
      int high = b.arg(0).width();
      int rest = b.width() - high;
      if (!Bits.extract(a, b.width() - 1, rest).equals(b.arg(0))) {
        return Bits.constant(1, 0);
      }
      return eq(Bits.low(a, rest), Bits.low(b, rest));
    }
    return new Expr(Op.EQ, 1, 0, "", a.compareTo(b) <= 0 ? List.of(a, b) : List.of(b, a));
  }

  static Expr ult(Expr a, Expr b) {
    Bits.same(a, b);
    if (a.equals(b) || b.isConst(0) || a.isConst(-1)) {
      return Bits.constant(1, 0);
    }
    if (b.isConst(1)) {
      return eq(a, Bits.constant(a.width(), 0));
    }
    int zeros = Math.min(leadingZeros(a), leadingZeros(b));
    if (zeros > 0 && zeros < a.width() && !(a.isConst() && b.isConst())) {
      int rest = a.width() - zeros;
      return ult(Bits.low(a, rest), Bits.low(b, rest));
    }
    return Bits.folded(new Expr(Op.ULT, 1, 0, "", List.of(a, b)));
  }

  static Expr slt(Expr a, Expr b) {
    Bits.same(a, b);
    if (a.equals(b)) {
      return Bits.constant(1, 0);
    }
    if (b.isConst(0)) {
      return Bits.sign(a);
    }
    if (leadingZeros(a) > 0 && leadingZeros(b) > 0 && !(a.isConst() && b.isConst())) {
      return ult(a, b);
    }
    return Bits.folded(new Expr(Op.SLT, 1, 0, "", List.of(a, b)));
  }

  /** Returns how many bits at the top are known to be 0. */
  private static int leadingZeros(Expr e) {
    if (e.isConst()) {
      return Long.numberOfLeadingZeros(e.value()) - (64 - e.width());
    }
    return e.op() == Op.CONCAT && e.arg(0).isConst(0) ? e.arg(0).width() : 0;
  }
}

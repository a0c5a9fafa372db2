// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.symbolic.Expr.Op;
import java.util.List;

/** The simplifications of AND, OR and XOR. */
final class Bitwise {

  private Bitwise() {}

  static Expr and(Expr a, Expr b) {
    Bits.same(a, b);
    if (b.isConst() && !a.isConst()) {
      return and(b, a);
    }
    if (a.equals(b) || b.isConst(0) || a.isConst(-1)) {
      return b;
    }
    if (a.isConst(0) || b.isConst(-1)) {
      return a;
    }
    if (a.isConst() && !b.isConst()) {
      Expr masked = mask(a.value(), b);
      return masked != null ? masked : constantInto(Op.AND, a, b);
    }
    return Bits.sorted(Op.AND, a, b);
  }

  static Expr or(Expr a, Expr b) {
    Bits.same(a, b);
    if (b.isConst() && !a.isConst()) {
      return or(b, a);
    }
    if (a.equals(b) || a.isConst(0) || b.isConst(-1)) {
      return b;
    }
    if (a.isConst(-1) || b.isConst(0)) {
      return a;
    }
    return a.isConst() && !b.isConst() ? constantInto(Op.OR, a, b) : Bits.sorted(Op.OR, a, b);
  }

  static Expr xor(Expr a, Expr b) {
    Bits.same(a, b);
    if (b.isConst() && !a.isConst()) {
      return xor(b, a);
    }
    if (a.equals(b)) {
      return Bits.constant(a.width(), 0);
    }
    if (a.isConst(0)) {
      return b;
    }
    if (b.isConst(0)) {
      return a;
    }
    if (a.isConst(-1) && a.width() > 1 && !b.isConst()) {
      return Bits.not(b);
    }
    return a.isConst() && !b.isConst() ? constantInto(Op.XOR, a, b) : Bits.sorted(Op.XOR, a, b);
  }

  /** Joins a number with what already has a number, and shares it out over parts side by side. */
  private static Expr constantInto(Op op, Expr number, Expr b) {
    if (b.op() == op && b.arg(0).isConst()) {
      Expr both = Bits.folded(new Expr(op, b.width(), 0, "", List.of(number, b.arg(0))));
      return again(op, both, b.arg(1));
    }
    if (b.op() == Op.CONCAT) {
      int high = b.width();
      Expr result = null;
      for (Expr part : b.args()) {
        int low = high - part.width();
        Expr piece = again(op, Bits.extract(number, high - 1, low), part);
        result = result == null ? piece : Bits.concat(result, piece);
        high = low;
      }
      return result;
    }
    return Bits.sorted(op, number, b);
  }

  private static Expr again(Op op, Expr a, Expr b) {
    return switch (op) {
      case AND -> and(a, b);
      case OR -> or(a, b);
      default -> xor(a, b);
    };
  }

  /** Writes a mask of consecutive ones as an extract between zeros; null if the mask is not one. */
  private static Expr mask(long mask, Expr b) {
    int low = Long.numberOfTrailingZeros(mask);
    int high = 63 - Long.numberOfLeadingZeros(mask);
    if (Long.bitCount(mask) != high - low + 1) {
      return null;
    }
    Expr kept = Bits.extract(b, high, low);
    Expr withZeros = low == 0 ? kept : Bits.concat(kept, Bits.constant(low, 0));
    return Bits.zext(withZeros, b.width());
  }
}

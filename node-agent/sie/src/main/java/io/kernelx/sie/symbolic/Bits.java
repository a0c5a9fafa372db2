// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.symbolic.Expr.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes expressions, simplified on the way. Pure functions.
 *
 * <p>The normal form, from the bottom up:
 *
 * <ol>
 *   <li>What has only numbers in it is a number.
 *   <li>Sums are flat and affine: every summand once, with its factor; a number at most, first.
 *       Shifts left by a number and negation are products with a number.
 *   <li>Shifts right by a number and masks of consecutive bits are extracts, put together by
 *       CONCAT.
 *   <li>Extracts are pushed inwards, through sums and products too when they begin at bit 0 (and
 *       else cut off what lies above), so that a question about low bits sees only low bits.
 *   <li>Arguments of what commutes stand in the order of {@link Expr#compareTo}.
 * </ol>
 */
public final class Bits {

  private Bits() {}

  /** Returns the low {@code width} ones. */
  public static long mask(int width) {
    return -1L >>> (64 - width);
  }

  public static Expr constant(int width, long value) {
    return new Expr(Op.CONST, width, value & mask(width), "", List.of());
  }

  public static Expr input(String name, int width) {
    return new Expr(Op.INPUT, width, 0, name, List.of());
  }

  /** Some function of the arguments, known only by its name. */
  public static Expr apply(String name, int width, List<Expr> args) {
    return new Expr(Op.APPLY, width, 0, name, args);
  }

  public static Expr add(Expr a, Expr b) {
    same(a, b);
    return a.width() == 1 ? xor(a, b) : new AffineSum(a.width()).plus(a, 1).plus(b, 1).expr();
  }

  public static Expr sub(Expr a, Expr b) {
    same(a, b);
    return a.width() == 1 ? xor(a, b) : new AffineSum(a.width()).plus(a, 1).plus(b, -1).expr();
  }

  public static Expr neg(Expr a) {
    return sub(constant(a.width(), 0), a);
  }

  public static Expr not(Expr a) {
    return a.width() == 1 ? xor(constant(1, 1), a) : sub(constant(a.width(), -1), a);
  }

  public static Expr mul(Expr a, Expr b) {
    same(a, b);
    if (a.width() == 1) {
      return and(a, b);
    }
    if (a.isConst()) {
      return new AffineSum(a.width()).plus(b, a.value()).expr();
    }
    if (b.isConst()) {
      return new AffineSum(a.width()).plus(a, b.value()).expr();
    }
    return sorted(Op.MUL, a, b);
  }

  public static Expr and(Expr a, Expr b) {
    return Bitwise.and(a, b);
  }

  public static Expr or(Expr a, Expr b) {
    return Bitwise.or(a, b);
  }

  public static Expr xor(Expr a, Expr b) {
    return Bitwise.xor(a, b);
  }

  /** Shifts left by {@code count}, read as unsigned; 0 when it is the width or more. */
  public static Expr shl(Expr a, Expr count) {
    same(a, count);
    int w = a.width();
    if (count.isConst()) {
      return Long.compareUnsigned(count.value(), w) >= 0
          ? constant(w, 0)
          : mul(constant(w, 1L << count.value()), a);
    }
    return new Expr(Op.SHL, w, 0, "", List.of(a, count));
  }

  /** Shifts right by {@code count}, zeros coming in. */
  public static Expr lshr(Expr a, Expr count) {
    same(a, count);
    int w = a.width();
    if (count.isConst()) {
      if (Long.compareUnsigned(count.value(), w) >= 0) {
        return constant(w, 0);
      }
      int n = (int) count.value();
      return n == 0 ? a : zext(extract(a, w - 1, n), w);
    }
    return new Expr(Op.LSHR, w, 0, "", List.of(a, count));
  }

  /** Shifts right by {@code count}, copies of the sign coming in. */
  public static Expr ashr(Expr a, Expr count) {
    same(a, count);
    int w = a.width();
    if (count.isConst()) {
      int n = (int) (Long.compareUnsigned(count.value(), w) >= 0 ? w - 1 : count.value());
      return n == 0 ? a : sext(extract(a, w - 1, n), w);
    }
    return new Expr(Op.ASHR, w, 0, "", List.of(a, count));
  }

  /** Returns bits {@code low} to {@code high} of {@code a}, both inclusive. */
  public static Expr extract(Expr a, int high, int low) {
    return Slices.extract(a, high, low);
  }

  /** Returns the low {@code width} bits. */
  public static Expr low(Expr a, int width) {
    return extract(a, width - 1, 0);
  }

  /** Returns the highest bit. */
  public static Expr sign(Expr a) {
    return extract(a, a.width() - 1, a.width() - 1);
  }

  public static Expr concat(Expr high, Expr low) {
    return Slices.concat(List.of(high, low));
  }

  public static Expr zext(Expr a, int width) {
    return a.width() == width ? a : concat(constant(width - a.width(), 0), a);
  }

  public static Expr sext(Expr a, int width) {
    if (a.width() == width) {
      return a;
    }
    if (a.isConst()) {
      int shift = 64 - a.width();
      return constant(width, a.value() << shift >> shift);
    }
    if (a.op() == Op.SEXT) {
      return sext(a.arg(0), width);
    }
    if (a.op() == Op.CONCAT && a.arg(0).isConst(0)) {
      return zext(a, width);
    }
    return new Expr(Op.SEXT, width, 0, "", List.of(a));
  }

  /** Returns {@code then} where {@code condition} (one bit) is set, else {@code otherwise}. */
  public static Expr ite(Expr condition, Expr then, Expr otherwise) {
    same(then, otherwise);
    if (condition.isConst()) {
      return condition.isConst(1) ? then : otherwise;
    }
    if (then.equals(otherwise)) {
      return then;
    }
    if (condition.op() == Op.XOR && condition.arg(0).isConst(1) && condition.args().size() == 2) {
      return ite(condition.arg(1), otherwise, then);
    }
    if (then.width() == 1 && then.isConst(1) && otherwise.isConst(0)) {
      return condition;
    }
    if (then.width() == 1 && then.isConst(0) && otherwise.isConst(1)) {
      return not(condition);
    }
    return new Expr(Op.ITE, then.width(), 0, "", List.of(condition, then, otherwise));
  }

  public static Expr eq(Expr a, Expr b) {
    return Comparisons.eq(a, b);
  }

  public static Expr ult(Expr a, Expr b) {
    return Comparisons.ult(a, b);
  }

  public static Expr slt(Expr a, Expr b) {
    return Comparisons.slt(a, b);
  }

  public static Expr addOverflow(Expr a, Expr b) {
    return overflow(Op.ADD_OVERFLOW, a, b);
  }

  public static Expr subOverflow(Expr a, Expr b) {
    return overflow(Op.SUB_OVERFLOW, a, b);
  }

  public static Expr mulOverflow(Expr a, Expr b) {
    return overflow(Op.MUL_OVERFLOW, a, b);
  }

  private static Expr overflow(Op op, Expr a, Expr b) {
    same(a, b);
    Expr e =
        op == Op.SUB_OVERFLOW || a.compareTo(b) <= 0
            ? new Expr(op, 1, 0, "", List.of(a, b))
            : new Expr(op, 1, 0, "", List.of(b, a));
    return folded(e);
  }

  /** Returns whether the low 8 bits have an even number of ones. */
  public static Expr parity(Expr a) {
    return folded(new Expr(Op.PARITY, 1, 0, "", List.of(low(a, 8))));
  }

  /** Returns the number of ones. */
  public static Expr popcount(Expr a) {
    return folded(new Expr(Op.POPCOUNT, a.width(), 0, "", List.of(a)));
  }

  /** Returns one more than the number of the highest one; 0 for 0. */
  public static Expr bitLength(Expr a) {
    return folded(new Expr(Op.BIT_LENGTH, a.width(), 0, "", List.of(a)));
  }

  /** Returns the high half of the product of two unsigned numbers of 64 bits. */
  public static Expr umulHigh(Expr a, Expr b) {
    return mulHigh(Op.UMUL_HIGH, a, b);
  }

  /** Returns the high half of the product of two signed numbers of 64 bits. */
  public static Expr smulHigh(Expr a, Expr b) {
    return mulHigh(Op.SMUL_HIGH, a, b);
  }

  private static Expr mulHigh(Op op, Expr a, Expr b) {
    same(a, b);
    if (a.width() != 64) {
      throw new IllegalArgumentException("a product of " + a.width() + " bits is no wide one");
    }
    return sorted(op, a, b);
  }

  /** Computes an expression whose arguments are all numbers. */
  static Expr folded(Expr e) {
    for (Expr a : e.args()) {
      if (!a.isConst()) {
        return e;
      }
    }
    return constant(
        e.width(), Evaluator.apply(e, e.args().stream().mapToLong(Expr::value).toArray()));
  }

  static Expr sorted(Op op, Expr a, Expr b) {
    return folded(
        new Expr(op, a.width(), 0, "", a.compareTo(b) <= 0 ? List.of(a, b) : List.of(b, a)));
  }

  static void same(Expr a, Expr b) {
    if (a.width() != b.width()) {
      throw new IllegalArgumentException(
          "widths " + a.width() + " and " + b.width() + " do not meet in " + a + " and " + b);
    }
  }

  /** Returns the same expression made anew from other arguments, simplified. */
  static Expr rebuild(Expr e, List<Expr> args) {
    return switch (e.op()) {
      case CONST, INPUT -> e;
      case APPLY -> apply(e.name(), e.width(), args);
      case ADD -> fold(args, Bits::add);
      case MUL -> fold(args, Bits::mul);
      case AND -> fold(args, Bits::and);
      case OR -> fold(args, Bits::or);
      case XOR -> fold(args, Bits::xor);
      case SHL -> shl(args.get(0), args.get(1));
      case LSHR -> lshr(args.get(0), args.get(1));
      case ASHR -> ashr(args.get(0), args.get(1));
      case EXTRACT -> extract(args.get(0), (int) e.value() + e.width() - 1, (int) e.value());
      case CONCAT -> Slices.concat(args);
      case SEXT -> sext(args.get(0), e.width());
      case ITE -> ite(args.get(0), args.get(1), args.get(2));
      case EQ -> eq(args.get(0), args.get(1));
      case ULT -> ult(args.get(0), args.get(1));
      case SLT -> slt(args.get(0), args.get(1));
      case ADD_OVERFLOW, SUB_OVERFLOW, MUL_OVERFLOW -> overflow(e.op(), args.get(0), args.get(1));
      case PARITY -> parity(args.get(0));
      case POPCOUNT -> popcount(args.get(0));
      case BIT_LENGTH -> bitLength(args.get(0));
      case UMUL_HIGH -> umulHigh(args.get(0), args.get(1));
      case SMUL_HIGH -> smulHigh(args.get(0), args.get(1));
    };
  }

  /**
   * Puts something else in the place of inputs.
   *
   * @param replacement gives an expression of the same width, or null to leave the input
   */
  public static Expr substitute(Expr e, java.util.function.Function<Expr, Expr> replacement) {
    if (e.op() == Op.INPUT) {
      Expr r = replacement.apply(e);
      return r == null ? e : r;
    }
    if (e.args().isEmpty()) {
      return e;
    }
    List<Expr> args = new ArrayList<>(e.args().size());
    for (Expr a : e.args()) {
      args.add(substitute(a, replacement));
    }
    return args.equals(e.args()) ? e : rebuild(e, args);
  }

  private static Expr fold(List<Expr> args, java.util.function.BinaryOperator<Expr> operator) {
    return args.stream().reduce(operator).orElseThrow();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.math.BigInteger;
import java.util.function.ToLongFunction;

/** Computes expressions on numbers, straight from their meaning; knows nothing of normal forms. */
public final class Evaluator {

  private Evaluator() {}

  /**
   * Computes an expression.
   *
   * @param inputs gives each INPUT a value, of which the low bits count; an APPLY gets some number
   *     that depends on its name and arguments alone
   * @return the value, zero-extended
   */
  public static long evaluate(Expr e, ToLongFunction<Expr> inputs) {
    long[] args = new long[e.args().size()];
    for (int i = 0; i < args.length; i++) {
      args[i] = evaluate(e.arg(i), inputs);
    }
    return e.op() == Expr.Op.INPUT ? inputs.applyAsLong(e) & Bits.mask(e.width()) : apply(e, args);
  }

  /** Computes one node from its arguments' values, zero-extended each. */
  static long apply(Expr e, long[] a) {
    int w = e.args().isEmpty() ? e.width() : e.arg(0).width();
    long result =
        switch (e.op()) {
          case CONST -> e.value();
          case INPUT -> throw new IllegalArgumentException("input " + e.name() + " has no value");
          case APPLY -> some(e, a);
          case ADD -> reduce(a, 0, Long::sum);
          case MUL -> reduce(a, 1, (x, y) -> x * y);
          case AND -> reduce(a, -1, (x, y) -> x & y);
          case OR -> reduce(a, 0, (x, y) -> x | y);
          case XOR -> reduce(a, 0, (x, y) -> x ^ y);
          case SHL -> beyond(a[1], w) ? 0 : a[0] << a[1];
          case LSHR -> beyond(a[1], w) ? 0 : a[0] >>> a[1];
          case ASHR -> signed(a[0], w) >> (beyond(a[1], w) ? 63 : a[1]);
          case EXTRACT -> a[0] >>> e.value();
          case CONCAT -> {
            long all = 0;
            for (int i = 0; i < a.length; i++) {
              int part = e.arg(i).width();
              all = part == 64 ? a[i] : all << part | a[i];
            }
            yield all;
          }
          case SEXT -> signed(a[0], w);
          case ITE -> a[0] != 0 ? a[1] : a[2];
          case EQ -> bit(a[0] == a[1]);
          case ULT -> bit(Long.compareUnsigned(a[0], a[1]) < 0);
          case SLT -> bit(signed(a[0], w) < signed(a[1], w));
          case ADD_OVERFLOW -> outside(big(a[0], w).add(big(a[1], w)), w);
          case SUB_OVERFLOW -> outside(big(a[0], w).subtract(big(a[1], w)), w);
          case MUL_OVERFLOW -> outside(big(a[0], w).multiply(big(a[1], w)), w);
          case PARITY -> bit(Long.bitCount(a[0] & 0xff) % 2 == 0);
          case POPCOUNT -> Long.bitCount(a[0]);
          case BIT_LENGTH -> 64 - Long.numberOfLeadingZeros(a[0]);
          case UMUL_HIGH -> Math.unsignedMultiplyHigh(a[0], a[1]);
          case SMUL_HIGH -> Math.multiplyHigh(a[0], a[1]);
        };
    return result & Bits.mask(e.width());
  }

  private static long reduce(long[] a, long start, java.util.function.LongBinaryOperator f) {
    long x = start;
    for (long y : a) {
      x = f.applyAsLong(x, y);
    }
    return x;
  }

  private static boolean beyond(long count, int width) {
    return Long.compareUnsigned(count, width) >= 0;
  }

  private static long signed(long x, int width) {
    return x << 64 - width >> 64 - width;
  }

  private static BigInteger big(long x, int width) {
    return BigInteger.valueOf(signed(x, width));
  }

  private static long outside(BigInteger x, int width) {
    return bit(x.bitLength() >= width);
  }

  private static long bit(boolean b) {
    return b ? 1 : 0;
  }

  private static long some(Expr e, long[] a) {
    long h = e.name().hashCode() * 0x9e3779b97f4a7c15L + e.width();
    for (long x : a) {
      h = (h ^ x) * 0xff51afd7ed558ccdL;
      h ^= h >>> 32;
    }
    return h;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Guesses how the compiler turned V into a number in the code: {@code IV = f(V)}.
 *
 * <ol>
 *   <li>Affine: {@code aV + b} with whole a and b. Scale, negation, complement and V±1 are of this
 *       form.
 *   <li>Binary logarithm: {@code log2(V) + b}, if every V is a power of two.
 *   <li>Shifted right: {@code ((V + c) >> k) + b}.
 *   <li>Power of two: {@code a(1 << V) + b}.
 *   <li>Failing all that, a table of the values seen.
 * </ol>
 *
 * Whole-number arithmetic throughout. A guess need not be right: what uses it is proved afterwards,
 * for each value.
 */
final class ConstantFit {

  private static final int LARGEST_SHIFT = 32;

  private final List<BigInteger> values = new ArrayList<>();
  private final List<BigInteger> numbers = new ArrayList<>();
  private final int width;

  /**
   * @param points value of the constant to the number in the code
   * @param width bits of the number that count
   */
  private ConstantFit(TreeMap<BigInteger, BigInteger> points, int width, boolean signed) {
    this.width = width;
    points.forEach(
        (v, n) -> {
          values.add(v);
          numbers.add(signed ? signed(n, width) : unsigned(n, width));
        });
  }

  /**
   * Finds f.
   *
   * @param points value of the constant to the number in the code; at least two values
   * @param width bits of the number that count
   */
  static PlanExpression fit(TreeMap<BigInteger, BigInteger> points, int width) {
    for (boolean signed : new boolean[] {true, false}) {
      ConstantFit fit = new ConstantFit(points, width, signed);
      Optional<String> found = fit.affine().or(fit::logarithm).or(fit::shifted).or(fit::power);
      if (found.isPresent()) {
        return parse(found.get());
      }
    }
    return parse(new ConstantFit(points, width, false).table());
  }

  private Optional<String> affine() {
    return linear(values).map(l -> l.text("V"));
  }

  private Optional<String> shifted() {
    for (int k = 1; k <= LARGEST_SHIFT; k++) {
      BigInteger round = BigInteger.ONE.shiftLeft(k).subtract(BigInteger.ONE);
      for (BigInteger c :
          List.of(BigInteger.ZERO, BigInteger.ONE.negate(), BigInteger.ONE, round)) {
        int shift = k;
        List<BigInteger> x = values.stream().map(v -> v.add(c).shiftRight(shift)).toList();
        Optional<Linear> l = linear(x).filter(f -> f.factor.equals(BigInteger.ONE));
        if (l.isPresent()) {
          String inner = new Linear(BigInteger.ONE, c).text("V");
          return l.map(f -> f.text("((" + inner + ") >> " + shift + ")"));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> logarithm() {
    if (values.stream().anyMatch(v -> v.signum() <= 0 || v.bitCount() != 1)) {
      return Optional.empty();
    }
    List<BigInteger> x = values.stream().map(v -> BigInteger.valueOf(v.bitLength() - 1L)).toList();
    return linear(x)
        .filter(l -> l.factor.abs().equals(BigInteger.ONE))
        .map(l -> l.text("(" + log2Text() + ")"));
  }

  /** Counts the powers of two, from 2 to 2^31, that V reaches. */
  private static String log2Text() {
    StringBuilder s = new StringBuilder("(V >= 2)");
    for (int k = 2; k < 32; k++) {
      s.append(" + (V >= ").append(Long.toUnsignedString(1L << k)).append(')');
    }
    return s.toString();
  }

  private Optional<String> power() {
    if (values.stream().anyMatch(v -> v.signum() < 0 || v.bitLength() > 6)) {
      return Optional.empty();
    }
    List<BigInteger> x = values.stream().map(v -> BigInteger.ONE.shiftLeft(v.intValue())).toList();
    return linear(x).map(l -> l.text("(1 << V)"));
  }

  private String table() {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i + 1 < values.size(); i++) {
      s.append("V == ")
          .append(number(values.get(i)))
          .append(" ? ")
          .append(number(numbers.get(i)))
          .append(" : ");
    }
    return s.append(number(numbers.getLast())).toString();
  }

  private record Linear(BigInteger factor, BigInteger summand) {
    String text(String x) {
      String product =
          factor.equals(BigInteger.ONE)
              ? x
              : factor.equals(BigInteger.ONE.negate()) ? "-" + x : x + " * " + number(factor);
      return switch (summand.signum()) {
        case 0 -> product;
        case 1 -> "(" + product + ") + " + number(summand);
        default -> "(" + product + ") - " + number(summand.negate());
      };
    }
  }

  /** Returns whole a and b with {@code a x + b} the number, for every x. */
  private Optional<Linear> linear(List<BigInteger> x) {
    for (int i = 1; i < x.size(); i++) {
      BigInteger run = x.get(i).subtract(x.getFirst());
      if (run.signum() == 0) {
        continue;
      }
      BigInteger[] slope = numbers.get(i).subtract(numbers.getFirst()).divideAndRemainder(run);
      if (slope[1].signum() != 0) {
        return Optional.empty();
      }
      Linear l = new Linear(slope[0], numbers.getFirst().subtract(slope[0].multiply(x.getFirst())));
      for (int j = 0; j < x.size(); j++) {
        if (!l.factor.multiply(x.get(j)).add(l.summand).equals(numbers.get(j))) {
          return Optional.empty();
        }
      }
      return Optional.of(l);
    }
    return Optional.empty();
  }

  private static BigInteger unsigned(BigInteger n, int width) {
    return n.mod(BigInteger.ONE.shiftLeft(width));
  }

  private static BigInteger signed(BigInteger n, int width) {
    BigInteger u = unsigned(n, width);
    return u.testBit(width - 1) ? u.subtract(BigInteger.ONE.shiftLeft(width)) : u;
  }

  private static String number(BigInteger n) {
    return unsigned(n, 64).toString();
  }

  private static PlanExpression parse(String text) {
    try {
      return PlanExpression.parse(text);
    } catch (InvalidPlanException e) {
      throw new IllegalStateException(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.validate;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** Reads {@code spec.value}. */
final class RequestedValue {

  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)");
  private static final Pattern LITERAL = Pattern.compile("[0-9].*|-[0-9].*");
  private static final BigInteger MIN = BigInteger.ONE.shiftLeft(63).negate();
  private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private RequestedValue() {}

  /** Returns whether {@code text} is an integer in decimal, of whatever size. */
  static boolean isDecimal(String text) {
    return DECIMAL.matcher(text).matches();
  }

  /** Returns whether {@code text} looks like a number that is written in another way. */
  static boolean isOtherLiteral(String text) {
    return LITERAL.matcher(text).matches() && text.chars().allMatch(Character::isLetterOrDigit);
  }

  /** Returns whether a decimal fits int64 or uint64. */
  static boolean fits(String decimal) {
    BigInteger number = new BigInteger(decimal);
    return number.compareTo(MIN) >= 0 && number.compareTo(MAX) <= 0;
  }

  /** Returns a decimal in its one canonical form. */
  static String canonical(String decimal) {
    return new BigInteger(decimal).toString();
  }
}

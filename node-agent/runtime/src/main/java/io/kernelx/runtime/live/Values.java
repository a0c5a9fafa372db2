// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import java.math.BigInteger;

/** Numbers of a load. */
final class Values {
  private static final int PAGE = 4096;

  private Values() {}

  /** Returns the 64 bits of a decimal int64 or uint64. */
  static long bits(String value) {
    return new BigInteger(value).longValue();
  }

  /** Returns whether a range of decimals has negative numbers. */
  static boolean signed(String min) {
    return min.startsWith("-");
  }

  /** Returns a map's size for a text that may grow by a few words later. */
  static int roomFor(int length) {
    return (length / PAGE + 2) * PAGE;
  }
}

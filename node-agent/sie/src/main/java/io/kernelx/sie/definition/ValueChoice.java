// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import io.kernelx.sie.definition.Definition.Bounds;
import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Chooses values to compile a constant at, when none are given or the given ones show too little.
 */
public final class ValueChoice {
  private ValueChoice() {}

  /**
   * Returns candidates for V2 and V3, the best first: near V1, so that immediates keep their width;
   * of V1's own shape first (powers of two compile to shifts), then of the other shape.
   *
   * @param v1 the value in the source
   * @param range the values that make sense
   */
  public static List<BigInteger> candidates(BigInteger v1, Optional<Bounds> range) {
    BigInteger two = BigInteger.TWO;
    Stream<BigInteger> wanted =
        Stream.of(
            v1.divide(two),
            v1.divide(BigInteger.valueOf(4)),
            v1.multiply(two),
            v1.add(two),
            v1.subtract(two),
            v1.add(BigInteger.valueOf(5)),
            v1.subtract(BigInteger.ONE),
            v1.add(BigInteger.ONE),
            v1.multiply(BigInteger.valueOf(3)),
            v1.multiply(BigInteger.valueOf(4)));
    Set<BigInteger> chosen = new LinkedHashSet<>();
    wanted
        .filter(v -> !v.equals(v1))
        .filter(v -> v1.signum() <= 0 || v.compareTo(BigInteger.ONE) > 0)
        .filter(v -> range.map(r -> r.contains(v)).orElse(true))
        .forEach(chosen::add);
    return List.copyOf(chosen);
  }
}

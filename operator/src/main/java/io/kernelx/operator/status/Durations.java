// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as resources show them: {@code 2.8ms}, {@code 1.5s}, {@code 2m}. */
final class Durations {

  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private Durations() {}

  /** Reads {@code 2.8ms}, {@code 1m30s} or ISO 8601; nothing when it is none of these. */
  static Optional<Duration> parse(String text) {
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    if (text.startsWith("PT")) {
      try {
        return Optional.of(Duration.parse(text));
      } catch (DateTimeParseException e) {
        return Optional.empty();
      }
    }
    Matcher parts = PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (parts.find() && parts.start() == end) {
      nanos =
          nanos.add(
              new BigDecimal(parts.group(1))
                  .multiply(BigDecimal.valueOf(NANOS.get(parts.group(2)))));
      end = parts.end();
    }
    return end == text.length() && nanos.toBigInteger().bitLength() < 63
        ? Optional.of(Duration.ofNanos(nanos.longValue()))
        : Optional.empty();
  }

  /** Writes a duration with at most three digits behind the point. */
  static String format(Duration duration) {
    BigDecimal nanos = BigDecimal.valueOf(duration.toNanos());
    boolean seconds = duration.compareTo(Duration.ofSeconds(1)) >= 0;
    BigDecimal amount =
        nanos.movePointLeft(seconds ? 9 : 6).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
    return amount.toPlainString() + (seconds ? "s" : "ms");
  }
}

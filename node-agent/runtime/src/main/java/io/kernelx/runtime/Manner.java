// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a change of value is to happen.
 *
 * @param mode how it becomes visible to tasks
 * @param timeoutMillis how long tasks inside a safe span are waited for, more than 0; Immediate
 *     waits for nobody
 * @param onStall what becomes of it when the time is over
 */
public record Manner(Mode mode, int timeoutMillis, OnStall onStall) {

  /** The time that is allowed when none is given. */
  public static final int DEFAULT_TIMEOUT_MILLIS = 10_000;

  /** The longest time that can be asked for: 24 days. The kernel counts no further than 24.8. */
  public static final int MAX_TIMEOUT_MILLIS = 24 * 24 * 3_600_000;

  private static final Pattern PART = Pattern.compile("([0-9]{1,10})(ms|s|m|h)");
  private static final Map<String, Integer> MILLIS =
      Map.of("ms", 1, "s", 1000, "m", 60_000, "h", 3_600_000);

  public Manner {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(onStall, "onStall");
    if (timeoutMillis <= 0) {
      throw new IllegalArgumentException("a transition needs some time, not " + timeoutMillis);
    }
  }

  /** Returns the usual manner of a mode. */
  public static Manner of(Mode mode) {
    return new Manner(mode, DEFAULT_TIMEOUT_MILLIS, OnStall.REVERT);
  }

  /**
   * Returns the milliseconds of a duration as resources and the command line write it, such as
   * {@code 500ms}, {@code 5s} or {@code 1m30s}.
   *
   * @throws IllegalArgumentException with a sentence if it is none, zero, or longer than 24 days
   */
  public static int millis(String duration) {
    Matcher part = PART.matcher(duration);
    long millis = 0;
    int end = 0;
    while (part.find() && part.start() == end && millis <= MAX_TIMEOUT_MILLIS) {
      end = part.end();
      millis += Long.parseLong(part.group(1)) * MILLIS.get(part.group(2));
    }
    if (end != duration.length() || millis <= 0 || millis > MAX_TIMEOUT_MILLIS) {
      throw new IllegalArgumentException(
          "\"" + duration + "\" is no time to wait; write 500ms, 5s or 2m, up to 24 days (576h).");
    }
    return (int) millis;
  }

  /** What becomes of a transition that does not finish in time. The order is the kernel's. */
  public enum OnStall {
    /** Nothing is changed, and tasks that have moved go back. */
    REVERT,
    /** It goes on, without an end, until it succeeds. */
    KEEP
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Times the stages of one planning. For one thread. */
final class Stages {

  private static final double MILLIS = 1000.0;

  private final Clock clock;
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  Stages(Clock clock) {
    this.clock = clock;
  }

  /** Runs a stage; the times of stages of one name add up. */
  <T> T time(String name, Supplier<T> stage) {
    long start = clock.millis();
    try {
      return stage.get();
    } finally {
      seconds.merge(name, (clock.millis() - start) / MILLIS, Double::sum);
    }
  }

  Map<String, Double> seconds() {
    return seconds;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private final TickingClock clock = new TickingClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Attempts attempts = new Attempts(clock);

  /** Fails again and again, and tells after how many minutes each time it may. */
  private List<Integer> minutes(NodeTunable order, int times) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      attempts.failed(order, true);
      int minutes = 0;
      clock.advance(Duration.ofSeconds(1));
      while (attempts.pause(order)) {
        minutes++;
        clock.advance(Duration.ofMinutes(1));
      }
      all.add(minutes);
    }
    return all;
  }

  @Test
  void whatMayPassIsTriedLessAndLessOften() {
    NodeTunable order =
        Samples.apply("u", 3, "48", Samples.plan("BLK_MAX_REQUEST_COUNT", Samples.RELEASE, "48"));
    assertThat(attempts.pause(order)).isFalse();
    assertThat(minutes(order, 6)).containsExactly(1, 2, 4, 8, 15, 15);
    attempts.succeeded(order);
    assertThat(attempts.pause(order)).isFalse();
    assertThat(minutes(order, 2)).containsExactly(1, 2);
  }

  @Test
  void aRevertIsTriedMoreOften() {
    NodeTunable order = Samples.revert("u", 4, "BLK_MAX_REQUEST_COUNT");
    assertThat(minutes(order, 5)).containsExactly(1, 2, 4, 4, 4);
  }

  @Test
  void anotherOrderStartsAnew() {
    attempts.failed(Samples.revert("u", 3, "BLK_MAX_REQUEST_COUNT"), false);
    assertThat(attempts.pause(Samples.revert("u", 4, "BLK_MAX_REQUEST_COUNT"))).isFalse();
    assertThat(minutes(Samples.revert("u", 4, "BLK_MAX_REQUEST_COUNT"), 1)).containsExactly(1);
  }

  @Test
  void whatCannotPassIsLeftAlone() {
    NodeTunable order = Samples.revert("u", 3, "BLK_MAX_REQUEST_COUNT");
    attempts.failed(order, false);
    clock.advance(Duration.ofDays(1));
    assertThat(attempts.pause(order)).isTrue();
  }
}

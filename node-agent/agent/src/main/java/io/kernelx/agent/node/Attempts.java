// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.TuningAction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What this process has tried in vain. What may pass is tried again after a minute, then after
 * twice as long each time: up to a quarter of an hour, and up to four minutes for a revert, because
 * a deletion waits for it. An order that changes, or gets another plan, starts anew. For one
 * thread.
 */
final class Attempts {
  static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration LONGEST_REVERT = Duration.ofMinutes(4);

  private final Clock clock;

  /** The last of each order, by uid. */
  private final Map<String, Attempt> attempts = new HashMap<>();

  private record Attempt(
      long revision, TuningAction action, String plan, boolean again, Duration pause, Instant at) {
    boolean of(NodeTunable order) {
      return revision == order.revision() && action == order.action() && plan.equals(digest(order));
    }
  }

  Attempts(Clock clock) {
    this.clock = clock;
  }

  /**
   * Notes a failure.
   *
   * @param again whether it may pass by itself
   */
  void failed(NodeTunable order, boolean again) {
    Attempt before = attempts.get(order.uid());
    Duration longest = order.action() == TuningAction.REVERT ? LONGEST_REVERT : LONGEST;
    Duration pause = before != null && before.of(order) ? before.pause().multipliedBy(2) : FIRST;
    attempts.put(
        order.uid(),
        new Attempt(
            order.revision(),
            order.action(),
            digest(order),
            again,
            pause.compareTo(longest) > 0 ? longest : pause,
            clock.instant()));
  }

  /** Forgets the failures of an order that is carried out. */
  void succeeded(NodeTunable order) {
    attempts.remove(order.uid());
  }

  /** Returns whether an order is to be left as it is for now. */
  boolean pause(NodeTunable order) {
    Attempt last = attempts.get(order.uid());
    return last != null
        && last.of(order)
        && !(last.again() && clock.instant().isAfter(last.at().plus(last.pause())));
  }

  private static String digest(NodeTunable order) {
    return order.plan() == null ? "" : order.plan().digest();
  }
}

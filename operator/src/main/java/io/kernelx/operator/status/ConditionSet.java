// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.ConditionType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Collects conditions; a condition whose status stays keeps the time of its last transition. */
final class ConditionSet {

  private final List<Condition> before;
  private final long generation;
  private final Instant now;
  private final List<Condition> conditions = new ArrayList<>();

  ConditionSet(List<Condition> before, long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = now;
  }

  ConditionSet add(ConditionType type, boolean status, ConditionReason reason, String message) {
    return add(type, status, reason.text(), message);
  }

  ConditionSet add(ConditionType type, boolean status, String reason, String message) {
    String text = status ? "True" : "False";
    String since =
        before.stream()
            .filter(c -> type.text().equals(c.getType()) && text.equals(c.getStatus()))
            .map(Condition::getLastTransitionTime)
            .filter(time -> time != null)
            .findFirst()
            .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
    conditions.add(
        new ConditionBuilder()
            .withType(type.text())
            .withStatus(text)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(since)
            .build());
    return this;
  }

  List<Condition> list() {
    return List.copyOf(conditions);
  }
}

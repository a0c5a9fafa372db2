// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.kernelx.api.v1alpha1.ConditionType;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.operator.cluster.StatusWriter.TunableEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides which changes of a status are worth an event: a pure function. An event is about a change
 * of a condition's status or reason, never about counts, and what two conditions say alike is told
 * once.
 */
public final class EventPlanner {

  private static final List<ConditionType> TOLD =
      List.of(
          ConditionType.ACCEPTED, ConditionType.READY, ConditionType.BUILT, ConditionType.DRIFTED);

  /** Returns the events between two statuses. */
  public List<TunableEvent> between(KernelTunableStatus before, KernelTunableStatus after) {
    List<TunableEvent> events = new ArrayList<>();
    for (ConditionType type : TOLD) {
      Optional<Condition> now = find(after, type);
      if (now.isEmpty() || sameAs(find(before, type), now.get()) || isSilent(type, now.get())) {
        continue;
      }
      Condition condition = now.get();
      boolean known = events.stream().anyMatch(e -> e.reason().equals(condition.getReason()));
      if (!known) {
        events.add(
            new TunableEvent(
                isWarning(type, condition, after), condition.getReason(), condition.getMessage()));
      }
    }
    return List.copyOf(events);
  }

  private static Optional<Condition> find(KernelTunableStatus status, ConditionType type) {
    return status.conditions().stream().filter(c -> type.text().equals(c.getType())).findFirst();
  }

  private static boolean sameAs(Optional<Condition> before, Condition now) {
    return before.isPresent()
        && Objects.equals(before.get().getStatus(), now.getStatus())
        && Objects.equals(before.get().getReason(), now.getReason());
  }

  /** That there is no drift, or that no plan is there yet, is no news. */
  private static boolean isSilent(ConditionType type, Condition now) {
    return type == ConditionType.DRIFTED && "False".equals(now.getStatus());
  }

  private static boolean isWarning(
      ConditionType type, Condition condition, KernelTunableStatus after) {
    if (type == ConditionType.DRIFTED) {
      return true;
    }
    boolean stalled =
        find(after, ConditionType.STALLED)
            .map(c -> "True".equals(c.getStatus()) && c.getReason().equals(condition.getReason()))
            .orElse(false);
    return stalled || (type == ConditionType.ACCEPTED && "False".equals(condition.getStatus()));
  }
}

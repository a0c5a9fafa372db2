// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetUpdateStrategy;
import io.fabric8.kubernetes.api.model.apps.DaemonSetUpdateStrategyBuilder;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides whether the running agents are replaced when their DaemonSet is written anew. The
 * DaemonSet's pod template says both what agents are and where they run, and each tunable that
 * comes or goes may change where; a rolling update would then restart every agent of the fleet for
 * nothing.
 *
 * <ol>
 *   <li>What agents are has changed (image, permissions, …): they are replaced, a tenth at a time.
 *   <li>Such a replacement is not finished: it goes on.
 *   <li>Otherwise running agents stay. The DaemonSet's controller starts and ends agents where they
 *       have come to be needed, or are not any more, all the same.
 * </ol>
 */
final class AgentReplacement {

  /** Annotation of the DaemonSet with a digest of what agents are, wherever they run. */
  static final String AGENTS_DIGEST = "kernelx.io/agents";

  private static final String ROLLING = "RollingUpdate";

  private AgentReplacement() {}

  /**
   * Returns how the DaemonSet replaces its pods.
   *
   * @param current the DaemonSet as it is
   * @param agents the digest of what agents shall be
   */
  static DaemonSetUpdateStrategy strategy(Optional<DaemonSet> current, String agents) {
    boolean replace =
        current.isPresent() && (differs(current.get(), agents) || goesOn(current.get()));
    return replace
        ? new DaemonSetUpdateStrategyBuilder()
            .withType(ROLLING)
            .withNewRollingUpdate()
            .withNewMaxUnavailable("10%")
            .endRollingUpdate()
            .build()
        : new DaemonSetUpdateStrategyBuilder().withType("OnDelete").build();
  }

  private static boolean differs(DaemonSet current, String agents) {
    var annotations = current.getMetadata().getAnnotations();
    return annotations == null || !agents.equals(annotations.get(AGENTS_DIGEST));
  }

  private static boolean goesOn(DaemonSet current) {
    DaemonSetUpdateStrategy strategy = current.getSpec().getUpdateStrategy();
    if (strategy == null || !ROLLING.equals(strategy.getType())) {
      return false;
    }
    DaemonSetStatus status = current.getStatus();
    return status == null
        || !Objects.equals(status.getObservedGeneration(), current.getMetadata().getGeneration())
        || !Objects.equals(
            Optional.ofNullable(status.getUpdatedNumberScheduled()).orElse(0),
            Optional.ofNullable(status.getDesiredNumberScheduled()).orElse(0));
  }
}

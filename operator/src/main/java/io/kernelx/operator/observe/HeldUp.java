// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeWait;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A node whose agent says that tasks hold a transition up.
 *
 * @param node its name
 * @param message the agent's sentence
 * @param transition the transition, as far as it is known
 */
public record HeldUp(
    String node, String message, Optional<NodeTuningStatus.Transition> transition) {

  /** Returns what holds up the tunable of this uid on a node, on the way there or back. */
  public static Optional<HeldUp> of(ObservedNode node, String uid) {
    return node.report(uid)
        .filter(report -> waits(report) && !node.reportIsOfAnEarlierBoot())
        .filter(report -> isOfTheAgentsBoot(node, report))
        .map(
            report ->
                new HeldUp(
                    node.name(),
                    report.message() == null ? report.reason() : report.message(),
                    Optional.ofNullable(report.transition())));
  }

  private static boolean isOfTheAgentsBoot(ObservedNode node, TunableReport report) {
    return report.bootId() == null
        || Objects.equals(
            report.bootId(), node.status().map(NodeTuningStatus::bootId).orElse(null));
  }

  private static boolean waits(TunableReport report) {
    boolean under =
        report.state() == NodeTunableState.TRANSITIONING
            || report.state() == NodeTunableState.REVERTING;
    return under && report.reason() != null;
  }

  /** Returns the agent's sentence, with when the transition began where that is known. */
  public String sentence() {
    return transition
        .map(NodeTuningStatus.Transition::startedAt)
        .map(at -> "since %s: %s".formatted(at, message))
        .orElse(message);
  }

  /** Returns what a KernelTunable's status shows of it. */
  public NodeWait shown() {
    return new NodeWait(
        node,
        transition.map(NodeTuningStatus.Transition::mode).orElse(null),
        transition.map(NodeTuningStatus.Transition::startedAt).orElse(null),
        transition.map(NodeTuningStatus.Transition::pendingTasks).orElse(null),
        transition.map(NodeTuningStatus.Transition::stalled).orElse(List.of()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeFailure;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.ObservedNode;
import java.util.List;
import java.util.Optional;

/**
 * How far a deletion is.
 *
 * @param waiting nodes that have not reverted
 * @param down those of them that are not Ready
 * @param failures those of them whose agent reports that it could not revert
 */
public record Termination(int waiting, int down, List<NodeFailure> failures) {

  public Termination {
    failures = List.copyOf(failures);
  }

  /** Looks at the nodes that have not reverted. */
  public static Termination of(String uid, List<ObservedNode> waiting) {
    int down =
        (int)
            waiting.stream()
                .filter(node -> !node.facts().map(NodeFacts::ready).orElse(false))
                .count();
    List<NodeFailure> failures =
        waiting.stream()
            .filter(node -> node.facts().map(NodeFacts::ready).orElse(false))
            .flatMap(node -> failure(node, uid).stream())
            .toList();
    return new Termination(waiting.size(), down, failures);
  }

  private static Optional<NodeFailure> failure(ObservedNode node, String uid) {
    Optional<TunableReport> report = node.report(uid);
    boolean failed =
        report.isPresent()
            && report.get().state() == NodeTunableState.FAILED
            && node.order(uid).isPresent()
            && node.reportIsCurrent();
    return failed
        ? Optional.of(
            new NodeFailure(
                node.name(),
                report.get().reason() == null ? "Failed" : report.get().reason(),
                report.get().message() == null ? "" : report.get().message()))
        : Optional.empty();
  }

  /** Returns how many nodes will not go on by themselves. */
  int stuck() {
    return down + failures.size();
  }
}

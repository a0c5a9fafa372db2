// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeFailure;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.operator.observe.HeldUp;
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
 * @param heldUp those of them that are Ready, and on which tasks hold the way back up
 */
public record Termination(int waiting, int down, List<NodeFailure> failures, List<HeldUp> heldUp) {

  public Termination {
    failures = List.copyOf(failures);
    heldUp = List.copyOf(heldUp);
  }

  /** Looks at the nodes that have not reverted. */
  public static Termination of(String uid, List<ObservedNode> waiting) {
    List<ObservedNode> up =
        waiting.stream().filter(node -> node.facts().map(NodeFacts::ready).orElse(false)).toList();
    return new Termination(
        waiting.size(),
        waiting.size() - up.size(),
        up.stream().flatMap(node -> failure(node, uid).stream()).toList(),
        up.stream().flatMap(node -> HeldUp.of(node, uid).stream()).toList());
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

  /** Says what is waited for, the worst first. */
  Verdict verdict() {
    if (down > 0) {
      return Verdict.no(
          ConditionReason.WAITING_FOR_NODES,
          "%s not Ready and %s not reported the revert; it is waited for until %s back, reboots or is"
                  .formatted(
                      down == 1 ? "1 node is" : down + " nodes are",
                      down == 1 ? "has" : "have",
                      down == 1 ? "it is" : "each is")
              + " deleted; to let the resource go before that, annotate it"
              + " kernelx.io/force-delete=true");
    }
    if (!failures.isEmpty()) {
      NodeFailure first = failures.getFirst();
      return Verdict.no(
          ConditionReason.REVERT_FAILED,
          "%s could not go back to the original value; the first: %s: %s"
              .formatted(Tally.nodes(failures.size()), first.reason(), first.message()));
    }
    String going =
        "%s going back to the original value"
            .formatted(waiting == 1 ? "1 node is" : waiting + " nodes are");
    return heldUp.stream()
        .findFirst()
        .map(
            first ->
                Verdict.no(
                    ConditionReason.WAITING_FOR_TASKS,
                    "%s; tasks hold that up, and spec.consistency.mode Immediate would not wait for them; the first node, %s"
                        .formatted(going, first.sentence())))
        .orElse(Verdict.no(ConditionReason.REVERTING, going));
  }

  /** Returns how many nodes will not go on by themselves. */
  int stuck() {
    return down + failures.size();
  }
}

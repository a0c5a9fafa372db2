// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.build.BuildVerdict;
import io.kernelx.operator.observe.KernelKey;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.rollout.RolloutInput.SelectedNode;
import java.util.Objects;
import java.util.Optional;

/** Says where one selected node stands: a pure function. */
final class NodeClassifier {

  private record Verdict(Standing standing, String reason, String message) {
    static Verdict of(Standing standing) {
      return new Verdict(standing, "", "");
    }
  }

  /** Returns where {@code selected} stands with regard to {@code target}. */
  NodeStanding classify(RolloutTarget target, SelectedNode selected) {
    Verdict verdict = verdict(target, selected);
    Optional<String> duration =
        selected
            .node()
            .report(target.uid())
            .map(TunableReport::transition)
            .map(NodeTuningStatus.Transition::duration);
    return new NodeStanding(
        selected.node().name(),
        verdict.standing(),
        selected.node().facts().map(NodeFacts::ready).orElse(false),
        verdict.reason(),
        verdict.message(),
        selected.node().kernel(),
        duration);
  }

  private static Verdict verdict(RolloutTarget target, SelectedNode selected) {
    var node = selected.node();
    if (!node.facts().map(NodeFacts::x86).orElse(false)) {
      String arch = node.facts().map(NodeFacts::arch).orElse("");
      return new Verdict(
          Standing.UNSUPPORTED,
          "UnsupportedArchitecture",
          "the node is %s; only x86-64 (amd64) can be tuned"
              .formatted(arch.isEmpty() ? "of unknown architecture" : arch));
    }
    if (selected.olderTunable().isPresent()) {
      return new Verdict(
          Standing.CONFLICT,
          "Conflict",
          "the older tunable %s sets %s on this node"
              .formatted(selected.olderTunable().get(), target.constant()));
    }
    Optional<KernelKey> kernel = node.kernel();
    if (kernel.isEmpty() || node.reportIsOfAnEarlierBoot()) {
      return Verdict.of(Standing.WAITING_FOR_AGENT);
    }
    if (!target.allows(kernel.get())) {
      return new Verdict(
          Standing.UNSUPPORTED,
          "KernelNotListed",
          "the node's kernel %s is not in spec.kernels".formatted(kernel.get().release()));
    }
    return switch (selected.verdict().orElseThrow()) {
      case BuildVerdict.Waiting waiting -> Verdict.of(Standing.BUILDING);
      case BuildVerdict.Refused refused ->
          new Verdict(Standing.REFUSED, refused.reason(), refused.message());
      case BuildVerdict.Ready ready -> reported(target, selected);
    };
  }

  private static Verdict reported(RolloutTarget target, SelectedNode selected) {
    var node = selected.node();
    Optional<NodeTunable> order = node.order(target.uid());
    boolean told =
        order.isPresent()
            && order.get().action() == TuningAction.APPLY
            && order.get().revision() == target.revision();
    if (!told) {
      return selected
          .occupiedBy()
          .map(
              other ->
                  new Verdict(
                      Standing.PENDING,
                      "WaitingForRevert",
                      "the node still goes back from the tunable %s".formatted(other)))
          .orElse(Verdict.of(Standing.PENDING));
    }
    Optional<TunableReport> report = node.report(target.uid());
    if (report.isEmpty() || !Objects.equals(report.get().revision(), target.revision())) {
      return Verdict.of(Standing.PENDING);
    }
    boolean ofThisBoot =
        report.get().bootId() == null
            || Objects.equals(
                report.get().bootId(), node.status().map(NodeTuningStatus::bootId).orElse(null));
    Standing standing =
        switch (report.get().state()) {
          case PENDING, REVERTING, REVERTED -> Standing.PENDING;
          case TRANSITIONING -> ofThisBoot ? Standing.TRANSITIONING : Standing.PENDING;
          case APPLIED -> ofThisBoot ? Standing.APPLIED : Standing.PENDING;
          case DRIFTED -> ofThisBoot ? Standing.DRIFTED : Standing.PENDING;
          case FAILED, REFUSED -> ofThisBoot ? Standing.FAILED : Standing.PENDING;
          case QUARANTINED -> Standing.QUARANTINED;
        };
    String reason = report.get().reason();
    String message = report.get().message();
    return new Verdict(
        standing,
        reason != null ? reason : standing.failed() ? report.get().state().text() : "",
        message == null ? "" : message);
  }
}

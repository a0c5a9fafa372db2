// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.cluster.TuningWriter;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.ObservedNode;
import io.kernelx.operator.observe.Selectors;
import io.kernelx.operator.rollout.RolloutPlanner;
import java.util.List;
import java.util.Optional;

/**
 * Looks after a NodeTuning for tunables that are no more.
 *
 * <ol>
 *   <li>An order of a tunable that no longer exists becomes Revert, and is removed once the node
 *       has reverted.
 *   <li>A tunable that no longer exists, and that the agent still finds in the kernel without an
 *       order, gets an order to revert. What was loaded by hand is left alone.
 *   <li>A NodeTuning without orders, whose node no tunable matches, is deleted.
 * </ol>
 *
 * Whether a tunable exists is asked of the API server, never of a cache: an empty cache must not
 * take values off nodes.
 */
public final class TuningUpkeep {

  /** Begins what an agent calls that which was loaded from its command line, and is nobody's. */
  private static final String BY_HAND = "cli:";

  /** Answers from the API server. */
  @FunctionalInterface
  public interface Existence {
    /** Returns whether there is a KernelTunable of this uid, being deleted or not. */
    boolean exists(String uid);
  }

  private final Fleet fleet;
  private final TuningWriter tunings;
  private final Existence existence;

  public TuningUpkeep(Fleet fleet, TuningWriter tunings, Existence existence) {
    this.fleet = fleet;
    this.tunings = tunings;
    this.existence = existence;
  }

  /** What a step came to. */
  public enum Outcome {
    /** Nothing was to be done. */
    SETTLED,
    /** Something was written. */
    CHANGED,
    /** There will be something to do, and no event may tell. */
    LOOK_AGAIN
  }

  /** Takes one step. */
  public Outcome reconcile(NodeTuning tuning) {
    if (tuning.getSpec() == null || tuning.getMetadata().getDeletionTimestamp() != null) {
      return Outcome.SETTLED;
    }
    Outcome outcome = Outcome.SETTLED;
    String name = tuning.getMetadata().getName();
    ObservedNode node = new ObservedNode(name, fleet.node(name), Optional.of(tuning));
    for (NodeTunable order : node.orders()) {
      var step = RolloutPlanner.goBack(node, order.uid());
      if (step.isPresent() && !existence.exists(order.uid())) {
        tunings.order(tuning, order.uid(), step.get().order());
        outcome = Outcome.CHANGED;
      }
    }
    for (TunableReport report : strays(node)) {
      if (!existence.exists(report.uid())) {
        tunings.order(tuning, report.uid(), Optional.of(revert(report)));
        outcome = Outcome.CHANGED;
      }
    }
    boolean unused =
        outcome == Outcome.SETTLED
            && node.orders().isEmpty()
            && strays(node).isEmpty()
            && !isWanted(node, false);
    if (!unused) {
      return outcome;
    }
    if (isWanted(node, true)) {
      return Outcome.LOOK_AGAIN;
    }
    tunings.delete(tuning);
    return Outcome.CHANGED;
  }

  private static List<TunableReport> strays(ObservedNode node) {
    return node.status().stream()
        .flatMap(status -> status.tunables().stream())
        .filter(report -> !report.uid().startsWith(BY_HAND))
        .filter(report -> node.order(report.uid()).isEmpty() && report.constant() != null)
        .filter(report -> !node.reverted(report.uid()))
        .filter(TuningUpkeep::isInTheKernel)
        .toList();
  }

  private static boolean isInTheKernel(TunableReport report) {
    return switch (report.state()) {
      case TRANSITIONING, APPLIED, REVERTING, DRIFTED -> true;
      case PENDING, REVERTED, FAILED, REFUSED, QUARANTINED -> false;
    };
  }

  private static NodeTunable revert(TunableReport report) {
    return new NodeTunable(
        report.name(),
        report.uid(),
        report.revision() == null ? 0L : report.revision(),
        report.constant(),
        null,
        report.transition() == null || report.transition().mode() == null
            ? ConsistencyMode.IMMEDIATE
            : report.transition().mode(),
        null,
        null,
        TuningAction.REVERT,
        null);
  }

  /** Returns whether a tunable matches the node; those being deleted count if asked for. */
  private boolean isWanted(ObservedNode node, boolean terminating) {
    return node.facts()
        .filter(NodeFacts::x86)
        .map(facts -> fleet.tunables().stream().anyMatch(t -> wants(t, facts, terminating)))
        .orElse(false);
  }

  private static boolean wants(KernelTunable tunable, NodeFacts facts, boolean terminating) {
    return (terminating || tunable.getMetadata().getDeletionTimestamp() == null)
        && Selectors.matches(tunable.getSpec().nodeSelector(), facts.labels());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.operator.cluster.TuningWriter;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.ObservedNode;
import io.kernelx.operator.rollout.RolloutPlanner;
import io.kernelx.operator.status.StatusAggregator;
import io.kernelx.operator.status.StatusRecorder;
import io.kernelx.operator.status.Termination;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Takes a KernelTunable that is being deleted off its nodes.
 *
 * <ol>
 *   <li>Every node with an order is told to revert, in the manner that the spec asks for now.
 *   <li>The resource stays until each has reverted, see {@link ObservedNode#reverted}; a node that
 *       is gone or has rebooted has.
 *   <li>With the annotation {@link KernelTunable#FORCE_DELETE} it goes at once; the orders to
 *       revert stay, and are followed when the nodes come back.
 * </ol>
 */
public final class TunableCleanup {

  private final Fleet fleet;
  private final TuningWriter tunings;
  private final StatusAggregator aggregator;
  private final StatusRecorder recorder;
  private final Clock clock;

  public TunableCleanup(
      Fleet fleet,
      TuningWriter tunings,
      StatusAggregator aggregator,
      StatusRecorder recorder,
      Clock clock) {
    this.fleet = fleet;
    this.tunings = tunings;
    this.aggregator = aggregator;
    this.recorder = recorder;
    this.clock = clock;
  }

  /** Takes one step; returns whether the resource may go. */
  public boolean cleanup(KernelTunable tunable) {
    String uid = tunable.getMetadata().getUid();
    List<ObservedNode> waiting = new ArrayList<>();
    for (ObservedNode node : holders(uid)) {
      var change = RolloutPlanner.goBack(node, uid, tunable.getSpec().consistency());
      change.ifPresent(c -> tunings.order(node.tuning().orElseThrow(), uid, c.order()));
      boolean off = change.isPresent() && change.get().order().isEmpty();
      if (!off && node.facts().isPresent()) {
        waiting.add(node);
      }
    }
    if (waiting.isEmpty() || isForced(tunable)) {
      recorder.forget(tunable);
      return true;
    }
    recorder.record(
        tunable,
        aggregator.terminating(
            tunable.getMetadata().getGeneration(),
            recorder.previous(tunable),
            Termination.of(uid, waiting),
            clock.instant()));
    return false;
  }

  private static boolean isForced(KernelTunable tunable) {
    var annotations = tunable.getMetadata().getAnnotations();
    return annotations != null && "true".equals(annotations.get(KernelTunable.FORCE_DELETE));
  }

  private List<ObservedNode> holders(String uid) {
    return fleet.tunings().stream()
        .map(this::observe)
        .filter(node -> node.order(uid).isPresent())
        .sorted(Comparator.comparing(ObservedNode::name))
        .toList();
  }

  private ObservedNode observe(NodeTuning tuning) {
    String name = tuning.getMetadata().getName();
    return new ObservedNode(name, fleet.node(name), Optional.of(tuning));
  }
}

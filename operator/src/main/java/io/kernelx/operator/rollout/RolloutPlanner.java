// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import io.kernelx.api.v1alpha1.Consistency;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.Rollout;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.build.BuildVerdict;
import io.kernelx.operator.observe.HeldUp;
import io.kernelx.operator.observe.ObservedNode;
import io.kernelx.operator.rollout.RolloutInput.SelectedNode;
import io.kernelx.operator.rollout.RolloutPlan.Hold;
import io.kernelx.operator.rollout.RolloutPlan.OrderChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which nodes are told what next: a pure function.
 *
 * <ol>
 *   <li>A node that is not selected, loses a conflict, may no longer be tuned, or is only looked at
 *       (DryRun), goes back: its order becomes Revert, in the manner that is wanted now, and is
 *       removed once the node has reverted.
 *   <li>A node whose plan or value was refused, or is still awaited, keeps the order that it has:
 *       the former value stays in force.
 *   <li>A node that has its order for this revision gets a new plan digest at once; that changes
 *       nothing in its kernel.
 *   <li>All other nodes whose plan is there are candidates. Candidates are told in the order of
 *       their names, those that are Ready first, as long as fewer than {@code maxUnavailable} nodes
 *       are between two values, no more than {@code maxFailures} (0 when absent) have failed, and
 *       the rollout is not paused. A node on which another tunable of the constant is still to be
 *       taken back waits.
 * </ol>
 */
public final class RolloutPlanner {

  private final NodeClassifier classifier = new NodeClassifier();

  /** Plans the next step. */
  public RolloutPlan plan(RolloutInput input) {
    RolloutTarget target = input.target();
    List<SelectedNode> selected =
        input.selected().stream().sorted(Comparator.comparing(n -> n.node().name())).toList();
    List<NodeStanding> standings =
        selected.stream().map(node -> classifier.classify(target, node)).toList();
    Map<String, NodeStanding> byNode =
        standings.stream().collect(Collectors.toMap(NodeStanding::node, s -> s));

    List<OrderChange> changes = new ArrayList<>();
    int reverting = 0;
    for (ObservedNode node : input.leftovers()) {
      goBack(node, target.uid(), target.consistency()).ifPresent(changes::add);
      reverting += node.facts().isPresent() ? 1 : 0;
    }
    List<SelectedNode> candidates = new ArrayList<>();
    for (SelectedNode node : selected) {
      Standing standing = byNode.get(node.node().name()).standing();
      if (standing == Standing.UNSUPPORTED || standing == Standing.CONFLICT || !target.enforce()) {
        goBack(node.node(), target.uid(), target.consistency()).ifPresent(changes::add);
      } else if (node.verdict().orElse(null) instanceof BuildVerdict.Ready ready
          && standing != Standing.WAITING_FOR_AGENT) {
        NodeTunable wanted = target.apply(ready.plan());
        Optional<NodeTunable> order = node.node().order(target.uid());
        if (isOfThisRevision(order, target)) {
          if (!order.get().equals(wanted)) {
            changes.add(new OrderChange(node.node().name(), Optional.of(wanted)));
          }
        } else if (node.occupiedBy().isEmpty()) {
          candidates.add(node);
        }
      }
    }
    Hold hold = hold(target.rollout(), standings);
    if (hold == Hold.NONE) {
      candidates.stream()
          .sorted(
              Comparator.comparing((SelectedNode n) -> !byNode.get(n.node().name()).ready())
                  .thenComparing(n -> n.node().name()))
          .limit(budget(target, selected, byNode))
          .map(node -> tell(target, node))
          .forEach(changes::add);
    }
    return new RolloutPlan(changes, standings, reverting, heldUp(input), hold);
  }

  private static List<HeldUp> heldUp(RolloutInput input) {
    return Stream.concat(
            input.selected().stream().map(SelectedNode::node), input.leftovers().stream())
        .flatMap(node -> HeldUp.of(node, input.target().uid()).stream())
        .sorted(Comparator.comparing(HeldUp::node))
        .toList();
  }

  private static OrderChange tell(RolloutTarget target, SelectedNode node) {
    var ready = (BuildVerdict.Ready) node.verdict().orElseThrow();
    return new OrderChange(node.node().name(), Optional.of(target.apply(ready.plan())));
  }

  /**
   * Returns the next step by which a node goes back, or nothing when it has no order, or only has
   * to be waited for.
   */
  public static Optional<OrderChange> goBack(ObservedNode node, String uid) {
    Optional<NodeTunable> order = node.order(uid);
    if (order.isEmpty() || node.facts().isEmpty()) {
      return Optional.empty();
    }
    if (order.get().action() == TuningAction.APPLY) {
      return Optional.of(
          new OrderChange(node.name(), Optional.of(RolloutTarget.revert(order.get()))));
    }
    return node.reverted(uid)
        ? Optional.of(new OrderChange(node.name(), Optional.empty()))
        : Optional.empty();
  }

  /**
   * The same, in the manner that is wanted now: a node that tasks keep from going back may thus be
   * told to wait for them no longer.
   */
  public static Optional<OrderChange> goBack(ObservedNode node, String uid, Consistency manner) {
    Optional<OrderChange> step = goBack(node, uid);
    if (step.isPresent() && step.get().order().isEmpty()) {
      return step;
    }
    return node.order(uid)
        .filter(order -> node.facts().isPresent())
        .map(order -> RolloutTarget.revert(order, manner))
        .filter(wanted -> !wanted.equals(node.order(uid).orElseThrow()))
        .map(wanted -> new OrderChange(node.name(), Optional.of(wanted)));
  }

  private static boolean isOfThisRevision(Optional<NodeTunable> order, RolloutTarget target) {
    return order.isPresent()
        && order.get().action() == TuningAction.APPLY
        && order.get().revision() == target.revision();
  }

  private static Hold hold(Rollout rollout, List<NodeStanding> standings) {
    if (Boolean.TRUE.equals(rollout.paused())) {
      return Hold.PAUSED;
    }
    long failed =
        standings.stream()
            .filter(s -> s.standing() == Standing.FAILED || s.standing() == Standing.QUARANTINED)
            .count();
    int tolerated = NodeShare.parse(rollout.maxFailures(), 0).ofDown(standings.size());
    return failed > tolerated ? Hold.FAILURES : Hold.NONE;
  }

  private static long budget(
      RolloutTarget target, List<SelectedNode> selected, Map<String, NodeStanding> byNode) {
    if (target.rollout().maxUnavailable() == null) {
      return Long.MAX_VALUE;
    }
    long between =
        selected.stream()
            .filter(node -> isOfThisRevision(node.node().order(target.uid()), target))
            .filter(node -> byNode.get(node.node().name()).standing().inProgress())
            .count();
    int limit =
        Math.max(1, NodeShare.parse(target.rollout().maxUnavailable(), 1).ofDown(selected.size()));
    return Math.max(0, limit - between);
  }
}

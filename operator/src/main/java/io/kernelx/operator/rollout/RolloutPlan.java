// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.operator.observe.HeldUp;
import java.util.List;
import java.util.Optional;

/**
 * What to do next.
 *
 * @param changes the orders to write, and only those that differ from what is written
 * @param standings where each selected node stands, by name
 * @param reverting how many nodes that are not selected are still to go back
 * @param heldUp nodes on which tasks hold the change up, or the way back, by name
 * @param hold why no further nodes are told, when that is so
 */
public record RolloutPlan(
    List<OrderChange> changes,
    List<NodeStanding> standings,
    int reverting,
    List<HeldUp> heldUp,
    Hold hold) {

  public RolloutPlan {
    changes = List.copyOf(changes);
    standings = List.copyOf(standings);
    heldUp = List.copyOf(heldUp);
  }

  /**
   * A change of one node's orders.
   *
   * @param node the node
   * @param order the tunable's order; empty to remove it
   */
  public record OrderChange(String node, Optional<NodeTunable> order) {}

  /** Why no further nodes are told. */
  public enum Hold {
    /** Nothing holds the rollout. */
    NONE,
    /** {@code spec.rollout.paused}. */
    PAUSED,
    /** More nodes failed than the rollout tolerates. */
    FAILURES
  }
}

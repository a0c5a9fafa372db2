// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import io.kernelx.operator.build.BuildVerdict;
import io.kernelx.operator.observe.ObservedNode;
import java.util.List;
import java.util.Optional;

/**
 * All that a rollout is planned from.
 *
 * @param target what is wanted
 * @param selected the nodes that match
 * @param leftovers nodes that do not match, or no longer, and have an order of this tunable
 */
public record RolloutInput(
    RolloutTarget target, List<SelectedNode> selected, List<ObservedNode> leftovers) {

  public RolloutInput {
    selected = List.copyOf(selected);
    leftovers = List.copyOf(leftovers);
  }

  /**
   * A node that matches.
   *
   * @param node the node
   * @param olderTunable the name of an older tunable of the same constant that matches it too
   * @param occupiedBy the name of another tunable of the same constant that is still to be taken
   *     back there
   * @param verdict the plan of the node's kernel; empty while the kernel is not known
   */
  public record SelectedNode(
      ObservedNode node,
      Optional<String> olderTunable,
      Optional<String> occupiedBy,
      Optional<BuildVerdict> verdict) {}
}

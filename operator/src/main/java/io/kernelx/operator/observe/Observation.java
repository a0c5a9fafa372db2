// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import java.util.List;
import java.util.Optional;

/**
 * What concerns one tunable.
 *
 * @param selected the nodes that its selector matches, by name
 * @param leftovers other nodes with an order of it, by name
 */
public record Observation(List<Selected> selected, List<ObservedNode> leftovers) {

  public Observation {
    selected = List.copyOf(selected);
    leftovers = List.copyOf(leftovers);
  }

  /**
   * A node that the selector matches.
   *
   * @param node the node
   * @param olderTunable the name of an older tunable of the same constant that is in force there
   * @param occupiedBy the name of another tunable of the same constant that has an order there
   */
  public record Selected(
      ObservedNode node, Optional<String> olderTunable, Optional<String> occupiedBy) {}

  /** Returns how many nodes have an order of the tunable of this uid. */
  public int holding(String uid) {
    long selectedOnes = selected.stream().filter(s -> s.node().order(uid).isPresent()).count();
    return (int) selectedOnes + leftovers.size();
  }
}

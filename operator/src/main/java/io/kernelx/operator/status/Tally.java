// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeCounts;
import io.kernelx.operator.rollout.NodeStanding;
import io.kernelx.operator.rollout.Standing;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts standings. */
final class Tally {

  private final List<NodeStanding> standings;
  private final Map<Standing, Integer> counts = new EnumMap<>(Standing.class);

  Tally(List<NodeStanding> standings) {
    this.standings = standings;
    standings.forEach(s -> counts.merge(s.standing(), 1, Integer::sum));
  }

  int of(Standing standing) {
    return counts.getOrDefault(standing, 0);
  }

  int matched() {
    return standings.size();
  }

  /** Returns how many nodes can be tuned at all. */
  int tunable() {
    return matched() - of(Standing.UNSUPPORTED);
  }

  int failed() {
    return (int) standings.stream().filter(s -> s.standing().failed()).count();
  }

  boolean any(Standing standing) {
    return of(standing) > 0;
  }

  Optional<NodeStanding> first(Standing standing) {
    return standings.stream().filter(s -> s.standing() == standing).findFirst();
  }

  /** Returns whether the node of this name is matched. */
  boolean matches(String node) {
    return standings.stream().anyMatch(s -> s.node().equals(node));
  }

  /** Returns how many nodes that are still to answer are not Ready. */
  int downInProgress() {
    return (int) standings.stream().filter(s -> s.standing().inProgress() && !s.ready()).count();
  }

  NodeCounts counts() {
    return new NodeCounts(
        matched(),
        of(Standing.PENDING) + of(Standing.WAITING_FOR_AGENT),
        of(Standing.BUILDING),
        of(Standing.TRANSITIONING),
        of(Standing.APPLIED),
        failed(),
        of(Standing.DRIFTED),
        of(Standing.UNSUPPORTED));
  }

  /** Returns {@code "1 node"} or {@code "3 nodes"}. */
  static String nodes(int count) {
    return count == 1 ? "1 node" : count + " nodes";
  }
}

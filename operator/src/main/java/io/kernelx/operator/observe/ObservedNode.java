// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import java.util.List;
import java.util.Optional;

/**
 * A node with its orders and its agent's report.
 *
 * @param name the node's name
 * @param facts the Node; empty when it is gone
 * @param tuning the NodeTuning; empty until there is one
 */
public record ObservedNode(String name, Optional<NodeFacts> facts, Optional<NodeTuning> tuning) {

  /** Returns all orders of this node. */
  public List<NodeTunable> orders() {
    return tuning.map(NodeTuning::getSpec).map(spec -> spec.tunables()).orElse(List.of());
  }

  /** Returns the order for the tunable of this uid. */
  public Optional<NodeTunable> order(String uid) {
    return orders().stream().filter(order -> order.uid().equals(uid)).findFirst();
  }

  /** Returns what the agent reports of the tunable of this uid. */
  public Optional<TunableReport> report(String uid) {
    return status().stream()
        .flatMap(status -> status.tunables().stream())
        .filter(report -> report.uid().equals(uid))
        .findFirst();
  }

  /** Returns what the agent reports. */
  public Optional<NodeTuningStatus> status() {
    return tuning.map(NodeTuning::getStatus);
  }

  /** Returns the kernel that the agent reports. */
  public Optional<KernelKey> kernel() {
    return status().flatMap(KernelKey::of);
  }

  /**
   * Returns whether the kubelet already speaks of another boot than the agent, whose report is then
   * about a kernel that no longer runs.
   */
  public boolean reportIsOfAnEarlierBoot() {
    String now = facts.map(NodeFacts::bootId).orElse("");
    String reported = status().map(NodeTuningStatus::bootId).orElse(null);
    return !now.isEmpty() && reported != null && !reported.equals(now);
  }

  /**
   * Returns whether nothing of the tunable of this uid is in the node's kernel, as far as that is
   * known for certain: the node is gone; it has rebooted since; its agent says so; or its agent has
   * seen the present orders and reports nothing of it.
   */
  public boolean reverted(String uid) {
    if (facts.isEmpty()) {
      return true;
    }
    Optional<TunableReport> report = report(uid);
    if (report.isPresent()) {
      String then = report.get().bootId();
      boolean rebooted =
          then != null && !facts.get().bootId().isEmpty() && !then.equals(facts.get().bootId());
      boolean answered =
          switch (report.get().state()) {
            case REVERTED -> true;
            case PENDING,
                TRANSITIONING,
                APPLIED,
                REVERTING,
                FAILED,
                REFUSED,
                DRIFTED,
                QUARANTINED ->
                false;
          };
      return rebooted || (answered && reportIsCurrent());
    }
    return tuning.isEmpty() || reportIsCurrent();
  }

  /** Returns whether the agent has seen the orders as they stand. */
  public boolean reportIsCurrent() {
    Long generation = tuning.orElseThrow().getMetadata().getGeneration();
    Long observed = status().map(NodeTuningStatus::observedGeneration).orElse(null);
    return generation != null && observed != null && observed >= generation;
  }
}

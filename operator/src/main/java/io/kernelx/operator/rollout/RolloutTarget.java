// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import io.kernelx.api.v1alpha1.Consistency;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningSpec.PlanRef;
import io.kernelx.api.v1alpha1.Rollout;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.observe.KernelKey;
import java.util.List;

/**
 * What the nodes of a tunable shall run.
 *
 * @param name the KernelTunable's name
 * @param uid its uid
 * @param revision its revision
 * @param constant the constant's name
 * @param value decimal
 * @param consistency how the change becomes visible
 * @param enforce whether nodes are changed
 * @param kernels releases or build-ids that are allowed; empty allows all
 * @param rollout how the change goes from node to node
 */
public record RolloutTarget(
    String name,
    String uid,
    long revision,
    String constant,
    String value,
    Consistency consistency,
    boolean enforce,
    List<String> kernels,
    Rollout rollout) {

  private static final Rollout PLAIN = new Rollout(null, null, null, null, null);

  public RolloutTarget {
    kernels = List.copyOf(kernels);
    rollout = rollout == null ? PLAIN : rollout;
  }

  /** Returns whether {@code kernel} may be changed. */
  public boolean allows(KernelKey kernel) {
    return kernels.isEmpty()
        || kernels.contains(kernel.release())
        || kernels.contains(kernel.buildId());
  }

  /** Returns the order to run with the value. */
  NodeTunable apply(PlanRef plan) {
    return new NodeTunable(
        name,
        uid,
        revision,
        constant,
        value,
        consistency.mode(),
        consistency.timeout(),
        consistency.onStall(),
        TuningAction.APPLY,
        plan);
  }

  /** Returns the order to take back what {@code order} brought, under the same guarantee. */
  public static NodeTunable revert(NodeTunable order) {
    return revert(order, new Consistency(order.mode(), order.timeout(), order.onStall()));
  }

  /** Returns the order to take back what {@code order} brought, under another guarantee. */
  static NodeTunable revert(NodeTunable order, Consistency manner) {
    return new NodeTunable(
        order.name(),
        order.uid(),
        order.revision(),
        order.constant(),
        null,
        manner.mode(),
        manner.timeout(),
        manner.onStall(),
        TuningAction.REVERT,
        null);
  }
}

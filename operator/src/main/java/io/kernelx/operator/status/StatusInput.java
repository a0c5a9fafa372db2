// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.observe.KernelKey;
import io.kernelx.operator.rollout.RolloutPlan;
import io.kernelx.operator.rollout.RolloutTarget;
import java.time.Instant;
import java.util.Map;

/**
 * All that the status of an accepted tunable is made from.
 *
 * @param generation the spec's generation
 * @param previous the status so far; never null, its fields may be
 * @param definition the constant, as resolved for this generation
 * @param target what the nodes shall run
 * @param plan where they stand
 * @param builds the plans of the kernels that the nodes run
 * @param formerValueHeld whether nodes have orders for another revision
 * @param now the time
 */
public record StatusInput(
    long generation,
    KernelTunableStatus previous,
    Definition definition,
    RolloutTarget target,
    RolloutPlan plan,
    Map<KernelKey, BuildView> builds,
    boolean formerValueHeld,
    Instant now) {

  public StatusInput {
    builds = Map.copyOf(builds);
  }

  /**
   * One kernel's plan.
   *
   * @param name the KernelBuild's name
   * @param phase how far it is
   * @param expression what is written at the sites; null when the plan does not say so in one line
   */
  public record BuildView(String name, BuildPhase phase, String expression) {}
}

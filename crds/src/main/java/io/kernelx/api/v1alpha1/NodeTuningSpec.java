// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * The orders for one node. Written by the operator alone.
 *
 * @param node the node's name, which is the resource's name too
 * @param tunables one entry for each tunable that concerns the node, keyed by {@code uid}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record NodeTuningSpec(
    @Required
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self == oldSelf", message = "node cannot change")
        String node,
    @Size(max = 256) List<NodeTunable> tunables) {

  public NodeTuningSpec {
    tunables = tunables == null ? List.of() : List.copyOf(tunables);
  }

  /**
   * An order.
   *
   * @param name the KernelTunable's name
   * @param uid the KernelTunable's uid; also the owner that the agent records in the kernel
   * @param revision the KernelTunable's revision
   * @param constant the constant's name
   * @param value decimal; absent with {@code Revert}
   * @param mode how the change becomes visible
   * @param timeout how long a transition may take, a duration
   * @param onStall what becomes of a transition that does not finish in time
   * @param action apply or revert
   * @param plan where the plan is; absent with {@code Revert}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "self.action == 'Revert' || (has(self.value) && has(self.plan))",
      message = "an order to apply needs value and plan")
  public record NodeTunable(
      @Required @Size(min = 1, max = 253) String name,
      @Required @Size(min = 1, max = 64) String uid,
      @Required Long revision,
      @Required @Size(min = 1, max = 128) String constant,
      @Size(max = 21) String value,
      @Required ConsistencyMode mode,
      @Size(max = 32) String timeout,
      OnStall onStall,
      @Required TuningAction action,
      PlanRef plan) {}

  /**
   * Where a plan is.
   *
   * @param name the KernelBuild's name
   * @param digest the digest that the plan must have
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PlanRef(
      @Required @Size(min = 1, max = 253) String name,
      @Required @Size(min = 1, max = 128) String digest) {}
}

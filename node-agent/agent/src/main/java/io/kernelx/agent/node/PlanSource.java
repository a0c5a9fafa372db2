// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import java.util.Optional;

/** Where plans come from. */
@FunctionalInterface
public interface PlanSource {

  /**
   * Returns the plan's text as the KernelBuild of that name has it now, not yet looked at; empty
   * when there is no such build or it has no plan.
   */
  Optional<String> plan(String kernelBuild);
}

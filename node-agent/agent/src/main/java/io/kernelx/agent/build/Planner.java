// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.sie.plan.TunablePlan;
import java.util.List;
import java.util.Map;

/** Makes plans for the kernels that this builder has sources of. */
public interface Planner {

  /** Returns the version of the planner that will make the plans. */
  String version();

  /**
   * Makes the plan that a build asks for. Takes seconds to minutes; may be interrupted.
   *
   * @param kernel the kernel
   * @param definition the definition's TOML text, not yet looked at
   * @param values the values to prove: numbers or C integer constant expressions
   */
  Answer plan(KernelBuildSpec.Kernel kernel, String definition, List<String> values)
      throws InterruptedException;

  /** What came of it. */
  sealed interface Answer {

    /**
     * A plan, which may hold fewer values than were asked for.
     *
     * @param refusals why the others are not in it
     * @param numbers what the values stand for, in decimal; those that are numbers may be left out
     */
    record Planned(TunablePlan plan, Map<String, Refusal> refusals, Map<String, String> numbers)
        implements Answer {}

    /** No plan. */
    record Refused(Refusal refusal) implements Answer {}
  }

  /**
   * Why not.
   *
   * @param reason one word
   * @param message one sentence
   */
  record Refusal(String reason, String message) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.stub;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.TunablePlan;

/** Makes the C text of a plan's stub. */
@FunctionalInterface
public interface StubWriter {

  /**
   * Returns C text that includes {@code xk.bpf.h}, one program {@code xk_site_<id>} per site.
   *
   * @param plan a plan that was checked
   * @throws InvalidPlanException if no stub can be made of it
   */
  String write(TunablePlan plan) throws InvalidPlanException;
}

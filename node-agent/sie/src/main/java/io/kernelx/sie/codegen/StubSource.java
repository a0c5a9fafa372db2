// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;

/**
 * The source of a plan's BPF stub, to be compiled against {@code bpf/xk.bpf.h}. It depends on what
 * {@link TunablePlan#stubDigest()} covers and on nothing else.
 */
public final class StubSource {

  private StubSource() {}

  /**
   * Writes the stub.
   *
   * @param plan a plan that {@link io.kernelx.sie.plan.PlanJson#read} has let through
   * @return C, with one program per site
   * @throws InvalidPlanException if an expression is not of the plan's language
   */
  public static String generate(TunablePlan plan) throws InvalidPlanException {
    StringBuilder c = new StringBuilder();
    c.append("/* SPDX-License-Identifier: GPL-2.0-only */\n");
    c.append("/* Stub ").append(plan.stubDigest()).append(" */\n");
    c.append("#include \"xk.bpf.h\"\n");
    for (ProbeSite site : plan.sites()) {
      SiteBody.write(c, site);
    }
    return c.append("\nXK_LICENSE;\n").toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import java.util.stream.Collectors;

/**
 * The source of a plan's native module, {@code xk_sites.c} beside {@code kernel/native}. It depends
 * on what {@link TunablePlan#stubDigest()} covers and on nothing else: no address and no value is
 * in it.
 */
public final class NativeSource {

  private NativeSource() {}

  /**
   * Writes the sites of the module.
   *
   * @param plan a plan that {@link io.kernelx.sie.plan.PlanJson#read} has let through
   * @return C, with one handler per site
   * @throws InvalidPlanException if an expression is not of the plan's language
   */
  public static String generate(TunablePlan plan) throws InvalidPlanException {
    StringBuilder c = new StringBuilder();
    c.append("/* SPDX-License-Identifier: GPL-2.0-only */\n");
    c.append("/* Native probes ").append(plan.stubDigest()).append(" */\n");
    c.append("#include \"xk_probe.h\"\n");
    for (ProbeSite site : plan.sites()) {
      SiteBody.write(c, site);
    }
    String handlers =
        plan.sites().stream()
            .map(site -> "xk_hit_" + site.id())
            .collect(Collectors.joining(",\n\t"));
    return c.append("\nXK_HANDLERS(\n\t").append(handlers).append(");\n").toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Write;
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
      site(c, site);
    }
    return c.append("\nXK_LICENSE;\n").toString();
  }

  private static void site(StringBuilder c, ProbeSite site) throws InvalidPlanException {
    c.append("\nXK_SITE(").append(site.id()).append(")\n{\n");
    boolean loads = false;
    for (Write w : site.writes()) {
      loads |= PlanExpression.parse(w.expression()).readsMemory();
    }
    if (loads) {
      c.append("\t__u64 mem = 0;\n\n");
      c.append("\tif (!xk_load(ctx, ").append(site.id()).append(", mem))\n\t\treturn 0;\n\n");
    }
    for (int i = 0; i < site.writes().size(); i++) {
      PlanExpression e = PlanExpression.parse(site.writes().get(i).expression());
      c.append("\t__u64 w").append(i).append(" = ").append(CExpression.of(e)).append(";\n");
    }
    c.append('\n');
    for (int i = 0; i < site.writes().size(); i++) {
      Write w = site.writes().get(i);
      c.append(
          w.target().equals(PlanExpression.MEMORY)
              ? "\tif (!xk_store(ctx, %d, w%d))\n\t\treturn 0;\n".formatted(site.id(), i)
              : "\txk_write(ctx, %d, XK_REG_%s, %d, w%d);\n"
                  .formatted(site.id(), w.target(), w.width(), i));
    }
    if (site.skip() > 0) {
      c.append("\txk_skip(ctx, ").append(site.id()).append(");\n");
    }
    c.append("\treturn 0;\n}\n");
  }
}

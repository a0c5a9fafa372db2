// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Write;

/**
 * What happens at one site, as C that is the same for every form of enforcement: {@code
 * bpf/xk.bpf.h} and {@code kernel/native/xk_probe.h} each give its words their meaning.
 */
final class SiteBody {

  private SiteBody() {}

  static void write(StringBuilder c, ProbeSite site) throws InvalidPlanException {
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

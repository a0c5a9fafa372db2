// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.Plans;
import io.kernelx.sie.plan.TunablePlan;
import org.junit.jupiter.api.Test;

class NativeSourceTest {

  private static String bodies(String source) {
    return source.substring(source.indexOf("\nXK_SITE("), source.lastIndexOf("\nXK_"));
  }

  @Test
  void doesAtEverySiteWhatTheStubDoes() throws InvalidPlanException {
    for (TunablePlan plan : new TunablePlan[] {Plans.small(), Plans.steppingOver()}) {
      assertThat(bodies(NativeSource.generate(plan)))
          .contains("xk_write(ctx, 0, ")
          .isEqualTo(bodies(StubSource.generate(plan)));
    }
  }

  @Test
  void listsTheProbesInTheOrderOfTheSites() throws InvalidPlanException {
    TunablePlan plan = Plans.small();
    String source = NativeSource.generate(plan);
    assertThat(source)
        .startsWith("/* SPDX-License-Identifier: GPL-2.0-only */\n")
        .contains(plan.stubDigest(), "#include \"xk_probe.h\"\n");
    String list = source.substring(source.indexOf("XK_HANDLERS("));
    for (int site = 0; site < plan.sites().size(); site++) {
      assertThat(list.split("\n")[1 + site]).contains("xk_hit_" + site);
    }
    assertThat(list.split("\n")).hasSize(1 + plan.sites().size());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import org.junit.jupiter.api.Test;

/** Places of one constant that a look at the text of both versions would take for one another. */
class SeparateSitesTest {
  private static final String KERNEL = "void after(unsigned long delay);\n";

  @Test
  void equalCodeInTwoFunctionsIsTwoSites() {
    TunablePlan plan =
        CompiledFixture.of(
                KERNEL
                    + """
                    long f(long n) { after(N); after(n); return n + 1; }
                    long g(long n) { after(N); after(n); return n + 1; }
                    """)
            .plan();
    assertThat(plan.sites()).extracting(ProbeSite::function).containsExactly("f", "g");
    assertThat(plan.sites())
        .extracting(ProbeSite::offset)
        .containsOnly(plan.sites().get(0).offset());
  }

  @Test
  void numbersThatChangePlacesAreBothSeen() {
    TunablePlan plan =
        CompiledFixture.of(
                KERNEL
                    + """
                    long f(long n) { after(N); after(n); return n + 1; }
                    long g(long n) { after(48 - N); after(n); return n + 1; }
                    long h(long n) { after(N / 2); after(n); return n + 1; }
                    """)
            .plan();
    assertThat(plan.sites()).extracting(ProbeSite::function).containsExactly("f", "g", "h");
    assertThat(plan.value("8").orElseThrow().sites())
        .extracting(s -> Integer.decode(s.expressions().getFirst()))
        .containsExactly(8, 40, 4);
  }

  @Test
  void codeThatOnlyResemblesTheSiteIsLeftAlone() {
    TunablePlan plan =
        CompiledFixture.of(
                KERNEL
                    + """
                    long f(long n) { after(32); after(N); after(32); return n + 1; }
                    long g(long n) { after(32); after(n); return n + 1; }
                    """)
            .plan();
    assertThat(plan.sites()).extracting(ProbeSite::function).containsExactly("f");
    ProbeSite site = plan.sites().getFirst();
    String text = plan.functions().getFirst().text();
    assertThat(text.indexOf("bf20000000") / 2).as("the first 32").isLessThan(site.spanStart());
    assertThat(text.lastIndexOf("bf20000000") / 2).as("the last").isGreaterThan(site.offset());
  }
}

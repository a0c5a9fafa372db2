// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.TransitionRule;
import io.kernelx.sie.plan.TunablePlan;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What keeps a plan in Immediate mode, in code that gcc made. */
class TransitionHazardTest {

  private static final String KERNEL =
      """
      void after(unsigned long delay);
      static inline __attribute__((always_inline)) void later(unsigned long delay) {
        asm volatile("mov %%rdx, %%r11; mov %%rcx, %%r10" : "+D"(delay) : : "r10", "r11");
        after(delay);
      }
      """;

  private static TunablePlan plan(String code, String... more) {
    return CompiledFixture.of(KERNEL + code).plan(more);
  }

  private static Optional<Reason> reason(TunablePlan plan, boolean missable) {
    return TransitionRule.refusal(plan, missable).map(Refusal::reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RETURN|long f(long n) { later(n); return N; }",
        "TAIL_CALL|void f(long n) { later(n + 1); later(N); }",
        "STORE|void f(unsigned long *p, unsigned long n) { later(n); p[1] = n + N * 2; later(n); }",
      })
  void whatOutlivesItsFrameEscapes(Hazard.Kind kind, String code) {
    TunablePlan plan = plan(code);
    assertThat(plan.hazards()).extracting(Hazard::kind).contains(kind);
    assertThat(reason(plan, false)).contains(Reason.ESCAPES);
    assertThat(TransitionRule.refusal(plan, false).orElseThrow().message())
        .contains("f+0x", "Immediate");
  }

  @Test
  void aCallArgumentDoesNot() {
    TunablePlan plan = plan("long f(long n) { later(N); return n + 1; }");
    assertThat(plan.hazards()).extracting(Hazard::kind).containsExactly(Hazard.Kind.CALL_ARGUMENT);
    assertThat(reason(plan, true)).isEmpty();
  }

  @Test
  void reviewedHazardsCarryTheReason() throws InvalidPlanException {
    String code = "long f(long n) { later(n); return N; }";
    TunablePlan plan =
        plan(code, "[[reviewed]]", "hazard = \"return\"", "why = \"callers compare it only\"");
    assertThat(plan.hazards().getFirst().reviewed()).isEqualTo("callers compare it only");
    assertThat(reason(plan, true)).isEmpty();
    assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
  }

  @ParameterizedTest
  @CsvSource({
    "escapes, f, true",
    "Return, f, true",
    "store, f, false",
    "return, g, false",
  })
  void aReviewIsAboutAHazardAndAFunction(String hazard, String function, boolean accepted) {
    TunablePlan plan =
        plan(
            "long f(long n) { later(n); return N; }",
            "[[reviewed]]",
            "hazard = \"%s\"".formatted(hazard),
            "function = \"%s\"".formatted(function),
            "why = \"looked at\"");
    assertThat(reason(plan, true).isEmpty()).isEqualTo(accepted);
  }

  @Test
  void twoProbesOnOneWayCanBeMissedApart() {
    TunablePlan plan = plan("long f(long n) { later(N); later(n); later(N + 1); return n + 3; }");
    assertThat(plan.sites()).hasSize(2);
    assertThat(reason(plan, true)).contains(Reason.MISSABLE_SITES);
    assertThat(reason(plan, false)).as("a form that misses nothing").isEmpty();
  }

  @Test
  void probesOnWaysThatExcludeEachOtherCannot() {
    TunablePlan plan =
        plan(
            """
            long f(long n) {
              if (n & 1)
                { later(N); return 5; }
              later(N + 1);
              return 7;
            }
            """,
            "[[reviewed]]",
            "hazard = \"escapes\"",
            "why = \"looked at\"");
    assertThat(plan.sites()).hasSize(2);
    assertThat(reason(plan, true)).isEmpty();
  }

  @Test
  void theOutOfLinePartIsASpanToo() {
    TunablePlan plan =
        plan(
            """
            __attribute__((cold)) void complain(long);
            long f(long n) {
              later(N);
              if (n == 7) { complain(n); complain(n + 1); later(2); }
              return n + 1;
            }
            """);
    assertThat(plan.spans()).extracting(s -> s.function()).containsExactlyInAnyOrder("f", "f.cold");
    assertThat(plan.functions()).extracting(f -> f.name()).containsExactly("f", "f.cold");
  }
}

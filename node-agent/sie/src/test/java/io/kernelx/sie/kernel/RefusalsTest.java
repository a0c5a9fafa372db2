// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.TransitionRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every refusal, provoked by a kernel source made for it and run through the whole compiler. The
 * switch has no default: a reason without a source does not compile.
 */
class RefusalsTest {
  private static final String CALL = "int f(int a) { return h(a, X) + 1; }";

  @TempDir Path folder;
  private ToyKernel kernel;

  @BeforeEach
  void plant() throws IOException {
    kernel = new ToyKernel(folder);
  }

  /**
   * What was answered.
   *
   * @param saying what its sentence must hold
   */
  private record Provoked(Refusal refusal, List<String> saying) {}

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonHasASourceThatProvokesIt(Reason reason) throws IOException {
    Provoked provoked = provoke(reason);
    assertThat(provoked.refusal().reason()).as(provoked.refusal().message()).isEqualTo(reason);
    assertThat(provoked.refusal().message()).contains(provoked.saying()).hasLineCount(1);
  }

  private Provoked provoke(Reason reason) throws IOException {
    return switch (reason) {
      case NO_CODE_DIFFERENCE -> plan("int f(int a) { if (0) g(X); return a; }", "1 unit(s)");
      case INIT_ONLY -> plan("__init " + CALL, "once at boot");
      case CHANGES_LAYOUT ->
          plan("static int t[X]; int f(int i) { return t[i & 3]++; }", "kernel/x.c");
      case CHANGES_CONTROL_FLOW ->
          plan("#if X > 4\nint f(int a) { return g(a); }\n#endif\n", "directive");
      case SIZES_MEMORY ->
          plan(
              """
              void *__kmalloc_noprof(unsigned long, unsigned);
              void **slots;
              int setup(void) { slots = __kmalloc_noprof(X * 8, 0); return slots ? 0 : -12; }
              """,
              "__kmalloc_noprof",
              "setup+0x");
      case ESCAPES -> transition("int f(int a) { g(a); return X; }", "Immediate", "[[reviewed]]");
      case MISSABLE_SITES ->
          transition(
              "int f(int a) { g(X); g(a); g(X + 1); return a + 3; }",
              "Immediate",
              "f (kernel/x.c)");
      case NOT_IN_THIS_KERNEL ->
          refusal(kernel.planned("#define Y 10", "int a;\n"), "[[variants]]");
      case UNSUPPORTED_INSTRUCTION ->
          plan(
              "void f(void) { asm volatile(\"movl %0, %%gs:0x10\" : : \"i\"(X)); }",
              "f+0x", "per-CPU");
      case NOT_PROVABLE -> plan("int f(int a) { return a / X; }", "f+0x");
      case SOURCE_NOT_FOUND -> {
        kernel.withoutConfiguration();
        yield plan(CALL, ToyKernel.RELEASE, "--config");
      }
      case COMPILER_MISMATCH -> {
        kernel.configuredWith("cc (Other) 1.0");
        yield plan(CALL, "cc (Other) 1.0", kernel.compiler());
      }
      case CONFIGURATION_MISMATCH -> {
        kernel.configured("CONFIG_A=y\n");
        yield plan(CALL, "CONFIG_CC_VERSION_TEXT");
      }
      case PROBE_SITE_BLACKLISTED ->
          plan(
              CALL
                  + """
                  \nstatic unsigned long closed
                    __attribute__((used, section("_kprobe_blacklist"))) = (unsigned long)f;
                  """,
              "f (kernel/x.c)",
              "no probe");
      case NO_LEGAL_SITE ->
          plan(
              """
              int f(unsigned *p) {
                asm goto("cmpl %0, %%gs:(%1); je %l2" : : "i"(X), "r"(p) : "cc" : out);
                return 3;
              out:
                return 5;
              }
              """,
              "f+0x", "per-CPU");
      case READ_ONLY_DATA ->
          plan(
              """
              static const int limits[] = {1, 7, X, 100};
              int f(unsigned i) { return limits[i & 3]; }
              """,
              "limits",
              "read-only");
      case VALUE_OUT_OF_RANGE -> {
        PlanOutcome.Planned planned = (PlanOutcome.Planned) kernel.plan(CALL, "101");
        assertThat(planned.plan().value("101")).isEmpty();
        yield new Provoked(planned.refused().getFirst().refusal(), List.of("1 to 100", "101"));
      }
      case COMPILATION_FAILED ->
          plan(
              "_Static_assert(X == 10, \"ten\"); " + CALL, "kernel/x.c", "static assertion failed");
      case INVALID_DEFINITION ->
          refusal(
              kernel.planned(
                  "limit = 10",
                  "int f(void) { int limit = 10; { int limit = 10; return limit; } }\n"),
              "must stand there once");
    };
  }

  private Provoked plan(String code, String... saying) throws IOException {
    return refusal(kernel.plan(code), saying);
  }

  private static Provoked refusal(PlanOutcome outcome, String... saying) {
    assertThat(outcome).isInstanceOf(PlanOutcome.Refused.class);
    return new Provoked(((PlanOutcome.Refused) outcome).refusal(), List.of(saying));
  }

  /** A plan that serves Immediate mode only, where hits can be missed. */
  private Provoked transition(String code, String... saying) throws IOException {
    PlanOutcome outcome = kernel.plan(code);
    assertThat(outcome).as(outcome.toString()).isInstanceOf(PlanOutcome.Planned.class);
    Refusal refusal =
        TransitionRule.refusal(((PlanOutcome.Planned) outcome).plan(), true).orElseThrow();
    return new Provoked(refusal, List.of(saying));
  }

  /** The page lists what this list has, each with what it means and the mend. */
  @Test
  void pageListsEveryReason() throws IOException {
    assertThat(
            Files.readAllLines(Path.of("../../docs/refusals.md")).stream()
                .dropWhile(line -> !line.equals("## When planning"))
                .takeWhile(line -> !line.equals("## When loading"))
                .filter(line -> line.matches("\\| `\\w+` \\| [^|]+ \\| [^|]+ \\|"))
                .map(line -> line.replaceFirst("\\| `(\\w+)` \\|.*", "$1")))
        .containsExactlyElementsOf(Arrays.stream(Reason.values()).map(Reason::text).toList());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.PlanOutcome.ValueRefusal;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.PlannedValue.Form;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProvedRange;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Solver;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a constant in C, and for which values it is proved. */
class FormsTest {
  private static final String DIGEST = "sha256:" + "1".repeat(64);
  private static final String OTHERS = "extern int g(int), h(int, int);\n";

  /** X is 16 in the kernel and compared with 8 and 32; powers of two, as in most definitions. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          return h(a, X);                          | V               | 1 | 1000
          return h(a, X * 4 + 2);                  | (4 * V) + 2     | 1 | 1000
          return h(a, X / 4);                      | (u32)(V >> 2)   | 1 | 1000
          return h(a, -X);                         | -V              | 1 | 1000
          return h(a, ~X);                         | (-V) - 1        | 1 | 1000
          return h(a, a + X);                      | V + di          | 1 | 1000
          return h(a, a - X);                      | di - V          | 1 | 1000
          return h(a, a & (X - 1));                | (V - 1) & di    | 1 | 1000
          return h(a < X ? a : X, a);              | V               | 1 | 1000
          return h(a, (unsigned char) X);          | V               | 1 | 255
          """)
  void oneExpressionHoldsForARange(String body, String expression, String min, String max)
      throws InvalidPlanException {
    ConstantPlanner.Result r = plan("int f(int a) { " + body + " }", 16, List.of(8, 32), 20, 100);
    assertThat(r.plan().sites()).hasSize(1);
    assertThat(r.plan().sites().getFirst().writes().getFirst().expression()).isEqualTo(expression);
    assertThat(r.plan().closed())
        .extracting(ProvedRange::min, ProvedRange::max)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(min, max));
    assertThat(r.plan().values()).extracting(PlannedValue::form).containsOnly(Form.CLOSED);
    assertThat(r.refused()).isEmpty();
    assertThat(PlanJson.read(PlanJson.write(r.plan()))).isEqualTo(r.plan());
  }

  @Test
  void thresholdsHoldForARangeThoughTheCompilerShiftsThemByOne() {
    for (String type : List.of("int", "unsigned")) {
      for (String comparison : List.of(">", ">=", "<", "<=")) {
        ConstantPlanner.Result r =
            plan(
                "int f(%s a) { if (a %s X) return g(a); return h(a, 1); }"
                    .formatted(type, comparison),
                16,
                List.of(8, 32),
                20);
        assertThat(r.plan().sites())
            .as("%s a %s X", type, comparison)
            .extracting(ProbeSite::kind)
            .containsExactly(ProbeSite.Kind.FLAGS);
        assertThat(r.plan().value("20").orElseThrow().form())
            .as("%s a %s X: %s", type, comparison, r.notes())
            .isEqualTo(Form.CLOSED);
      }
    }
  }

  @Test
  void rangeIsNotClosedWhereTheCompilerChoseOtherRegisters() {
    ConstantPlanner.Result r =
        plan(
            "int f(unsigned short a) { if (a > X) return g(a); return h(a, 1); }",
            16,
            List.of(8, 32),
            20);
    assertThat(r.plan().closed()).isEmpty();
    assertThat(r.notes())
        .anyMatch(n -> n.startsWith("No range of values is closed: ") && n.contains("ax differs"));
    assertThat(r.plan().value("20").orElseThrow().form()).isEqualTo(Form.OBSERVED);
  }

  @Test
  void divisionIsProvedOnlyValueByValue() {
    ConstantPlanner.Result r =
        plan("int f(unsigned a) { return h(a, a / X); }", 16, List.of(8, 32), 64, 7);
    assertThat(r.plan().closed()).isEmpty();
    assertThat(r.notes()).anyMatch(n -> n.startsWith("No range of values is closed: "));
    assertThat(r.plan().value("64").orElseThrow().form()).isEqualTo(Form.OBSERVED);
    assertThat(r.refused()).extracting(ValueRefusal::value).containsExactly("7");
    assertThat(r.refused().getFirst().refusal().message()).contains("di=0x", "gives 0x");
  }

  @Test
  void constantThatNoVariableCanReplaceIsProvedValueByValue() {
    ConstantPlanner.Result r =
        plan(
            "int f(int a) { switch (a) { case X: return g(a); } return h(a, 1); }",
            16,
            List.of(8, 32),
            20);
    assertThat(r.plan().closed()).isEmpty();
    assertThat(r.notes()).contains("No range of values is closed: x.c wants a constant.");
    assertThat(r.plan().value("20").orElseThrow().form()).isEqualTo(Form.OBSERVED);
  }

  @Test
  void valuesThatChangeTheBlocksAreRefusedAndTheOthersStay() {
    ConstantPlanner.Result r =
        plan(
            "int f(int a) { int i; for (i = 0; i < X; i++) g(i); return h(a, 1); }",
            16,
            List.of(8, 32),
            1,
            2,
            20,
            100);
    assertThat(r.refused()).extracting(ValueRefusal::value).containsExactly("1", "2");
    assertThat(r.refused())
        .extracting(v -> v.refusal().reason())
        .containsOnly(Reason.CHANGES_CONTROL_FLOW);
    assertThat(r.plan().values()).extracting(PlannedValue::value).contains("8", "20", "32", "100");
  }

  @Test
  void samplesThatShowNothingAreReplacedAndThatIsSaid() {
    ConstantPlanner.Result r =
        plan("int f(int a) { return h(a, X / 16 + 1); }", 16, List.of(17, 20, 32, 48), 100);
    assertThat(r.notes())
        .contains(
            "17 compiles to the same code as the compiled value 16 and shows nothing.",
            "20 compiles to the same code as the compiled value 16 and shows nothing.");
    assertThat(r.plan().values())
        .extracting(PlannedValue::value)
        .containsExactly("16", "32", "48", "100");
    assertThat(r.plan().closed()).hasSize(1);
  }

  @Test
  void placeThatTheSamplesHideIsTakenIn() {
    String two = "int f(int a) { return h(a, X); }\nint k(int a) { return h(a, X / 16 + 1); }";
    ConstantPlanner.Result r = plan(two, 16, List.of(17, 20, 22, 32), 100);
    assertThat(r.plan().sites()).extracting(ProbeSite::function).containsExactly("f", "k");
    assertThat(r.notes()).contains("At 32 there is a difference in k that [17, 20] hide.");
    assertThat(r.plan().closed()).hasSize(1);
  }

  @Test
  void placeThatNoValueShowsIsSaid() {
    String two = "int f(int a) { return h(a, X); }\nint k(int a) { return h(a, X / 1024 + 1); }";
    ConstantPlanner.Result r = plan(two, 16, List.of(8, 20, 32, 48));
    assertThat(r.plan().sites()).extracting(ProbeSite::function).containsExactly("f");
    assertThat(r.notes())
        .contains("k uses the constant, but was compiled alike at every value tried.");
    assertThat(r.plan().closed())
        .as("the probes of f alone do not act like the code in k beyond that")
        .containsExactly(new ProvedRange("1", "1000", PlannedValue.Proof.SOLVER));
  }

  private static ConstantPlanner.Result plan(
      String text, long original, List<Integer> samples, long... requested) {
    Definition definition =
        DefinitionReader.read(
            """
            name = "x"
            range = [1, 1000]
            [source]
            file = "x.c"
            macro = "X"
            """,
            "x.toml");
    return new ConstantPlanner(
            new Decoder(), new Solver(Duration.ofSeconds(5)), new Stages(Clock.systemUTC()))
        .plan(
            definition,
            new KernelIdentity("6.12", DIGEST, DIGEST, "gcc"),
            new CompiledConstantInC(
                OTHERS + text, original, samples.stream().mapToLong(v -> v).toArray()),
            Arrays.stream(requested).mapToObj(BigInteger::valueOf).toList());
  }
}

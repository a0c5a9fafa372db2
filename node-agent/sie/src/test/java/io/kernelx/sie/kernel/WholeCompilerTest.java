// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.PlanOutcome.ValueRefusal;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiler from definition to outcome, on a toy tree. */
class WholeCompilerTest {
  private static final String CALL = "int f(int a) { return h(a, X) + 1; }";

  @TempDir Path folder;
  private ToyKernel kernel;

  @BeforeEach
  void plant() throws IOException {
    kernel = new ToyKernel(folder);
  }

  @Test
  void valuesAreExpressionsOfTheKernelsSource() throws IOException {
    PlanOutcome.Planned p =
        (PlanOutcome.Planned) kernel.plan(CALL, "TEN * 2 + 1", "7", "101", "NO_SUCH", "h(");
    assertThat(p.plan().value("21").orElseThrow().form()).isEqualTo(PlannedValue.Form.CLOSED);
    assertThat(p.plan().value("7")).isPresent();
    assertThat(p.numbers())
        .containsEntry("TEN * 2 + 1", "21")
        .containsEntry("7", "7")
        .doesNotContainKeys("NO_SUCH", "h(");
    assertThat(p.refused())
        .extracting(ValueRefusal::value, v -> v.refusal().reason())
        .containsExactlyInAnyOrder(
            tuple("101", Reason.VALUE_OUT_OF_RANGE),
            tuple("NO_SUCH", Reason.COMPILATION_FAILED),
            tuple("h(", Reason.INVALID_DEFINITION));
    assertThat(p.units()).containsExactly("kernel/x.c");
    assertThat(p.stages()).containsKeys("locate", "prepare", "units", "compile", "prove", "closed");
  }

  @Test
  void constantThatDecidesABranchChangesControlFlow() throws IOException {
    PlanOutcome outcome =
        kernel.plan("int f(int a) { if (X == 10 && a) g(a); return h(a, X) + 1; }");
    assertThat(outcome)
        .isInstanceOfSatisfying(
            PlanOutcome.Refused.class,
            r -> {
              assertThat(r.refusal().reason()).isEqualTo(Reason.CHANGES_CONTROL_FLOW);
              assertThat(r.refusal().message()).contains("control flow of f");
            });
  }

  /** No two values have the same instructions; the code with a variable shows the product. */
  @Test
  void codeThatDiffersByMoreThanNumbersIsReadOffTheVariable() throws IOException {
    PlanOutcome.Planned p =
        (PlanOutcome.Planned) kernel.plan("int f(int a) { return a * X; }", "7");
    assertThat(p.plan().sites()).hasSize(1);
    assertThat(p.plan().sites().getFirst().writes().getFirst().expression()).isEqualTo("V * di");
    assertThat(p.plan().closed())
        .extracting(r -> r.min() + " to " + r.max())
        .containsExactly("1 to 100");
    assertThat(p.plan().value("7").orElseThrow().form()).isEqualTo(PlannedValue.Form.CLOSED);
  }

  @Test
  void treesOwnConfigurationServes() throws IOException {
    kernel
        .withoutConfiguration()
        .file(
            ".config",
            "# Linux/x86 6.12.117 Kernel Configuration\nCONFIG_CC_VERSION_TEXT=\"%s\"\n"
                .formatted(kernel.compiler()));
    assertThat(kernel.plan(CALL)).isInstanceOf(PlanOutcome.Planned.class);
  }

  @Test
  void theTreeStaysAsItWas() throws IOException {
    String unit = "kernel/x.c";
    kernel.file(unit, "");
    Map<String, String> before = files();
    assertThat(kernel.plan(CALL, "7")).isInstanceOf(PlanOutcome.Planned.class);
    Map<String, String> after = files();
    assertThat(after.get(unit)).contains("#define X 10\n").endsWith(CALL);
    before.remove(unit);
    after.remove(unit);
    assertThat(after).isEqualTo(before);
  }

  /** Returns the tree's files and what they hold. */
  private Map<String, String> files() throws IOException {
    Path root = folder.resolve("tree");
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }
}

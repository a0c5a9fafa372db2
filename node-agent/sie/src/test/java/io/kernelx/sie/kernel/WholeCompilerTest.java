// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.PlanOutcome.ValueRefusal;
import io.kernelx.sie.PlanRequest;
import io.kernelx.sie.SieCompiler;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The compiler from definition to outcome, on a toy tree: every refusal that it gives by itself.
 */
class WholeCompilerTest {
  private static final String RELEASE = "6.12.117-test";
  private static final String OTHERS = "extern int g(int), h(int, int);\n#define TEN 10\n";

  @TempDir Path folder;
  private KernelTree tree;
  private Path config;
  private String compiler;

  @BeforeEach
  void plant() throws IOException {
    tree = new KernelTree(folder.resolve("tree")).file("kernel/Makefile", "");
    compiler =
        new ProcessRunner()
            .run(
                new CommandRunner.Command(
                    List.of("cc", "--version"),
                    Path.of("/"),
                    BuildEnvironment.CLEAN,
                    new byte[0],
                    java.time.Duration.ofMinutes(1)))
            .outputText()
            .lines()
            .findFirst()
            .orElseThrow();
    config =
        Files.writeString(
            folder.resolve("config"),
            "# Linux/x86 6.12.117 Kernel Configuration\nCONFIG_CC_VERSION_TEXT=\"%s\"\n"
                .formatted(compiler));
  }

  /** Lists and compiles the toy tree; the goals of kbuild's top Makefile leave nothing to do. */
  private CommandRunner runner() {
    CommandRunner compiling = KernelTree.compiling(tree, List.of("kernel"));
    return command -> {
      boolean top = command.words().contains("O=" + command.folder());
      if (!top) {
        CommandRunner.Result result = compiling.run(command);
        return command.words().getFirst().equals("make")
            ? new CommandRunner.Result(0, asTheKernel(result.outputText()), new byte[0])
            : result;
      }
      try {
        Files.writeString(command.folder().resolveSibling("environment"), "CC=cc\0");
        return new CommandRunner.Result(0, new byte[0], new byte[0]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static byte[] asTheKernel(String recipe) {
    String options = "cc -O2 -fno-PIE -mcmodel=kernel -fno-asynchronous-unwind-tables";
    return recipe.replace("cc -O2", options).getBytes();
  }

  private PlanOutcome plan(String code, String... values) throws IOException {
    return planned("#define X 10", OTHERS + "#define X 10\n" + code, values);
  }

  private PlanOutcome planned(String original, String text, String... values) throws IOException {
    tree.file("kernel/x.c", text);
    return new SieCompiler(
            new HostPaths(List.of(folder), folder.resolve("cache")),
            runner(),
            Progress.silent(),
            Clock.systemUTC(),
            new Decoder())
        .plan(
            new PlanRequest(
                DefinitionReader.read(
                    """
                    name = "x"
                    range = [1, 100]
                    [source]
                    file = "kernel/x.c"
                    original = "%s"
                    modified = ["%s", "%s"]
                    values = [10, 6, 4]
                    """
                        .formatted(
                            original, original.replace("10", "6"), original.replace("10", "4")),
                    "x.toml"),
                new KernelRequest(
                    RELEASE,
                    Optional.of(tree.root()),
                    Optional.ofNullable(config),
                    Optional.empty()),
                Arrays.asList(values)));
  }

  private static void refused(PlanOutcome outcome, Reason reason, String... saying) {
    assertThat(outcome).isInstanceOf(PlanOutcome.Refused.class);
    PlanOutcome.Refused refused = (PlanOutcome.Refused) outcome;
    assertThat(refused.refusal().reason()).as(refused.refusal().message()).isEqualTo(reason);
    assertThat(refused.refusal().message()).contains(saying).hasLineCount(1);
  }

  @Test
  void valuesAreExpressionsOfTheKernelsSource() throws IOException {
    PlanOutcome.Planned p =
        (PlanOutcome.Planned)
            plan(
                "int f(int a) { return h(a, X) + 1; }", "TEN * 2 + 1", "7", "101", "NO_SUCH", "h(");
    assertThat(p.plan().value("21").orElseThrow().form()).isEqualTo(PlannedValue.Form.CLOSED);
    assertThat(p.plan().value("7")).isPresent();
    assertThat(p.numbers())
        .containsEntry("TEN * 2 + 1", "21")
        .containsEntry("7", "7")
        .doesNotContainKeys("NO_SUCH", "h(");
    assertThat(p.refused())
        .extracting(ValueRefusal::value, v -> v.refusal().reason())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("101", Reason.VALUE_OUT_OF_RANGE),
            org.assertj.core.groups.Tuple.tuple("NO_SUCH", Reason.COMPILATION_FAILED),
            org.assertj.core.groups.Tuple.tuple("h(", Reason.INVALID_DEFINITION));
    assertThat(p.units()).containsExactly("kernel/x.c");
    assertThat(p.stages()).containsKeys("locate", "prepare", "units", "compile", "prove", "closed");
  }

  @Test
  void constantWithoutUseMakesNoDifference() throws IOException {
    refused(
        plan("int f(int a) { if (0) g(X); return a; }"), Reason.NO_CODE_DIFFERENCE, "1 unit(s)");
  }

  @Test
  void constantOfBootCodeIsInitOnly() throws IOException {
    refused(
        plan("__attribute__((section(\".init.text\"))) int f(int a) { return h(a, X) + 1; }"),
        Reason.INIT_ONLY,
        "once at boot");
  }

  @Test
  void constantThatSizesAnArrayChangesTheLayout() throws IOException {
    refused(
        plan("static int t[X]; int f(int i) { return t[i & 3]++; }"),
        Reason.CHANGES_LAYOUT,
        "kernel/x.c");
  }

  @Test
  void constantThatDecidesWhichCodeThereIsChangesControlFlow() throws IOException {
    refused(
        plan("#if X > 4\nint f(int a) { return g(a); }\n#endif\n"),
        Reason.CHANGES_CONTROL_FLOW,
        "directive");
    refused(
        plan("int f(int a) { if (X == 10 && a) g(a); return h(a, X) + 1; }"),
        Reason.CHANGES_CONTROL_FLOW,
        "control flow of f");
  }

  @Test
  void codeThatDiffersByMoreThanNumbersIsNotProvable() throws IOException {
    refused(plan("int f(int a) { return a * X; }"), Reason.NOT_PROVABLE, "f+0x");
  }

  @Test
  void codeThatCompilesAtNoOtherValueIsSaidWithTheCompilersWords() throws IOException {
    refused(
        plan("_Static_assert(X == 10, \"ten\"); int f(int a) { return h(a, X) + 1; }"),
        Reason.COMPILATION_FAILED,
        "kernel/x.c",
        "static assertion failed");
  }

  @Test
  void definitionThatFitsTwiceIsInvalid() throws IOException {
    refused(
        planned(
            "limit = 10", "int f(void) { int limit = 10; { int limit = 10; return limit; } }\n"),
        Reason.INVALID_DEFINITION,
        "must stand there once");
  }

  @Test
  void definitionThatFitsNowhereIsNotInThisKernel() throws IOException {
    refused(planned("#define Y 10", "int a;\n"), Reason.NOT_IN_THIS_KERNEL, "[[variants]]");
  }

  @Test
  void otherCompilerIsRefused() throws IOException {
    Files.writeString(config, Files.readString(config).replace(compiler, "cc (Other) 1.0"));
    refused(plan("int a;"), Reason.COMPILER_MISMATCH, "cc (Other) 1.0", compiler);
  }

  @Test
  void configurationThatNamesNoCompilerIsRefused() throws IOException {
    Files.writeString(config, "# Linux/x86 6.12.117 Kernel Configuration\nCONFIG_A=y\n");
    refused(plan("int a;"), Reason.CONFIGURATION_MISMATCH, "CONFIG_CC_VERSION_TEXT");
  }

  @Test
  void kernelWithoutConfigurationIsRefusedAndTheTreesOwnServes() throws IOException {
    config = null;
    refused(plan("int a;"), Reason.SOURCE_NOT_FOUND, RELEASE, "--config");
    tree.file(
        ".config",
        "# Linux/x86 6.12.117 Kernel Configuration\nCONFIG_CC_VERSION_TEXT=\"%s\"\n"
            .formatted(compiler));
    assertThat(plan("int f(int a) { return h(a, X) + 1; }"))
        .isInstanceOf(PlanOutcome.Planned.class);
  }
}

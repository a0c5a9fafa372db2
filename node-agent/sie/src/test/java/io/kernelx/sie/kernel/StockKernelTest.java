// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.definition.CExpression;
import io.kernelx.sie.definition.Catalogue;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.kernel.ConstantBuild.UnitObjects;
import io.kernelx.sie.object.Callees;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.Refusal.Reason;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stages up to the difference, on Debian's stock kernels. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockKernelTest {
  private final DebianKernels kernels = new DebianKernels();
  private final CommandRunner runner = new ProcessRunner();
  private final Decoder decoder = new Decoder();
  private final ObjectReader reader = new ObjectReader(decoder);
  private final UnitDiffer differ = new UnitDiffer(decoder);

  private ConstantBuild open(PreparedKernel kernel, Definition definition) {
    return ConstantBuild.open(
        kernel, definition, kernels.paths().cache(), runner, System.err::println);
  }

  private static Definition fromCatalogue(String constant) throws Exception {
    return Catalogue.load(Path.of("../../tunables")).find(constant).orElseThrow().definition();
  }

  private List<DifferingFunction> differing(ConstantBuild build, long... values) {
    List<BigInteger> others = new ArrayList<>();
    for (long value : values) {
      others.add(BigInteger.valueOf(value));
    }
    List<DifferingFunction> functions = new ArrayList<>();
    for (UnitObjects unit : build.compile(others)) {
      List<UnitVersion> versions =
          others.stream()
              .map(v -> new UnitVersion(v.toString(), reader.read(unit.others().get(v))))
              .toList();
      UnitDifference difference =
          differ.diff(unit.unit().unit(), unit.unit().module(), reader.read(unit.v1()), versions);
      assertThat(difference).isInstanceOf(UnitDifference.Different.class);
      functions.addAll(((UnitDifference.Different) difference).functions());
    }
    return functions;
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "cloud-amd64"})
  void aConstantOfAHeaderIsFoundInEveryUnit(String flavour) throws Exception {
    ConstantBuild build = open(kernels.prepared(flavour), fromCatalogue("BLK_MAX_REQUEST_COUNT"));
    assertThat(build.original()).isEqualTo(BigInteger.valueOf(32));
    assertThat(build.units())
        .extracting(UnitCommand::unit)
        .containsExactly("block/blk-core.c", "block/blk-mq.c");
    List<DifferingFunction> functions = differing(build, 8, 16);
    assertThat(functions)
        .extracting(DifferingFunction::name)
        .containsExactly("blk_start_plug_nr_ios", "blk_add_rq_to_plug");
    DifferingFunction plug = functions.get(1);
    assertThat(plug.regions()).hasSize(1);
    assertThat(plug.v1().instructionsOf(plug.regions().get(0).v1()))
        .extracting(Instruction::mnemonic)
        .containsExactly("and", "add");
    assertThat(plug.regions().get(0).seeds()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "cloud-amd64"})
  void aConstantOfASourceFileIsOneImmediate(String flavour) throws Exception {
    ConstantBuild build = open(kernels.prepared(flavour), fromCatalogue("MAX_SOFTIRQ_RESTART"));
    assertThat(build.original()).isEqualTo(BigInteger.TEN);
    List<DifferingFunction> functions = differing(build, 5, 3);
    assertThat(functions).extracting(DifferingFunction::name).containsExactly("handle_softirqs");
    DifferingFunction softirqs = functions.get(0);
    assertThat(softirqs.v1().instructionsOf(softirqs.regions().get(0).v1()))
        .extracting(Instruction::mnemonic)
        .containsExactly("mov");
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64"})
  void theUsesFormFindsTheOtherFilesToo(String flavour) throws Exception {
    Definition uses =
        DefinitionReader.read(
            """
            name = "uses"
            [source]
            file = "block/blk-mq.c"
            original = "BLK_MAX_REQUEST_COUNT"
            modified = ["8", "16"]
            values = [32, 8, 16]
            """,
            "uses.toml");
    PreparedKernel kernel = kernels.prepared(flavour);
    ConstantBuild byUse = open(kernel, uses);
    ConstantBuild byDefinition = open(kernel, fromCatalogue("BLK_MAX_REQUEST_COUNT"));
    assertThat(byUse.units()).isEqualTo(byDefinition.units());
    List<BigInteger> values = List.of(BigInteger.valueOf(8));
    assertThat(byUse.compile(values).stream().map(u -> code(u.others().get(values.get(0)))))
        .isEqualTo(
            byDefinition.compile(values).stream()
                .map(u -> code(u.others().get(values.get(0))))
                .toList());
  }

  private CodeObject code(Bytes object) {
    return reader.read(object);
  }

  @ParameterizedTest
  @ValueSource(strings = {"block/blk-mq.c", "kernel/softirq.c"})
  void whatWeCompileIsWhatKbuildCompiles(String unit, @TempDir Path folder) throws Exception {
    PreparedKernel kernel = kernels.prepared("amd64");
    Kbuild kbuild = new Kbuild(kernel, runner);
    UnitCommand command = kbuild.command(unit).orElseThrow();
    Path object = folder.resolve("unit.o");
    List<String> words = new ArrayList<>(command.arguments());
    words.addAll(List.of("-c", "-o", object.toString()));
    words.add(kernel.tree().resolve(unit).toString());
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(
                words,
                kernel.build(),
                BuildEnvironment.CLEAN,
                new byte[0],
                java.time.Duration.ofMinutes(5)));
    assertThat(result.exit()).isZero();
    UnitCompiler compiler = new UnitCompiler(kernel, folder.resolve("objects"), runner);
    GeneratedSources generated = new GeneratedSources(kernel, kbuild, runner);
    Bytes ours = compiler.compile(command, compiler.preprocess(command, generated));
    CodeObject own = code(ours);
    CodeObject kbuilds = code(Bytes.of(Files.readAllBytes(object)));
    assertThat(content(own)).isEqualTo(content(kbuilds));
    assertThat(own.data()).isEqualTo(kbuilds.data());
    assertThat(own.symbols()).isEqualTo(kbuilds.symbols());
    assertThat(own.functions()).allMatch(f -> f.callees().known());
    assertThat(own.functions().getFirst().callees().inline())
        .anyMatch(name -> name.startsWith("__SCT__preempt_schedule"))
        .doesNotContain("blk_mq_run_hw_queue", "raise_softirq");
  }

  /** SELinux's headers are made by a rule of its objects, which preparing a kernel does not run. */
  @Test
  void whatOnlyAnObjectWaitsForIsMade(@TempDir Path folder) throws Exception {
    PreparedKernel shared = kernels.prepared("amd64");
    Path build = folder.resolve("build");
    run("cp", "-a", shared.build().toString(), build.toString());
    run("rm", "-rf", build.resolve("security").toString());
    PreparedKernel fresh =
        new PreparedKernel(
            shared.identity(), shared.tree(), build, shared.compiler(), shared.environment());
    Definition slots =
        DefinitionReader.read(
            """
            name = "slots"
            [source]
            file = "security/selinux/avc.c"
            macro = "AVC_CACHE_SLOTS"
            """,
            "slots.toml");
    try (ConstantBuild found =
        ConstantBuild.open(fresh, slots, folder.resolve("cache"), runner, System.err::println)) {
      assertThat(found.original()).isEqualTo(BigInteger.valueOf(512));
      assertThat(found.units())
          .extracting(UnitCommand::unit)
          .containsExactly("security/selinux/avc.c");
    }
    assertThat(build.resolve("security/selinux/flask.h")).isNotEmptyFile();
    assertThat(shared.tree().resolve("security/selinux/flask.h")).doesNotExist();
  }

  private void run(String... words) {
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(
                List.of(words),
                Path.of("/"),
                BuildEnvironment.CLEAN,
                new byte[0],
                java.time.Duration.ofMinutes(5)));
    assertThat(result.exit()).as(result.errorText()).isZero();
  }

  /** Everything but what only our way of compiling notes. */
  private static List<ObjectFunction> content(CodeObject object) {
    return object.functions().stream()
        .map(
            f ->
                new ObjectFunction(
                    f.name(),
                    f.section(),
                    f.sectionOffset(),
                    f.global(),
                    f.text(),
                    f.relocations(),
                    f.patchSites(),
                    f.edges(),
                    f.entries(),
                    f.localTargets(),
                    Callees.UNKNOWN,
                    f.probeable()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"IO_LOCAL_TW_DEFAULT_MAX"})
  void aConstantThatIsNotThereIsRefused(String constant) throws Exception {
    PreparedKernel kernel = kernels.prepared("amd64");
    Definition definition = fromCatalogue(constant);
    assertThatThrownBy(() -> open(kernel, definition))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.NOT_IN_THIS_KERNEL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NR_MAX_BATCHED_MIGRATION:512",
        "HYSTART_DELAY_MAX:16000",
        "tcp_recovery:2",
        "BLK_MQ_CPU_WORK_BATCH:8",
        "SHRINK_BATCH:128",
        "RWSEM_WAIT_TIMEOUT:1"
      })
  void theOriginalIsWhatTheCompilerSays(String row) throws Exception {
    String[] parts = row.split(":");
    ConstantBuild build = open(kernels.prepared("amd64"), fromCatalogue(parts[0]));
    assertThat(build.original()).isEqualTo(new BigInteger(parts[1]));
    assertThat(differing(build, build.samples().get(0).longValueExact())).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DIV_ROUND_UP(HZ, 100):3",
        "max(HZ / 5, 1):50",
        "msecs_to_jiffies(10):3",
        "(int)sizeof(struct list_head):16",
        "-HZ:-250"
      })
  void theCompilerEvaluatesWhatIsAConstantInAFunction(String row) throws Exception {
    String[] parts = row.split(":");
    ConstantBuild build = open(kernels.prepared("amd64"), fromCatalogue("MAX_SOFTIRQ_RESTART"));
    assertThat(build.evaluate(CExpression.ofSource(parts[0]), parts[0]))
        .isEqualTo(new BigInteger(parts[1]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jiffies", "ksoftirqd_should_run", "HZ +* 1", "no_such_name"})
  void whatIsNoConstantHasNoValue(String text) throws Exception {
    ConstantBuild build = open(kernels.prepared("amd64"), fromCatalogue("MAX_SOFTIRQ_RESTART"));
    assertThatThrownBy(() -> build.evaluate(new CExpression.OfSource(text), text))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.COMPILATION_FAILED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"32"})
  void anOpaqueVariableTakesTheConstantsPlace(String value) throws Exception {
    ConstantBuild build = open(kernels.prepared("amd64"), fromCatalogue("BLK_MAX_REQUEST_COUNT"));
    assertThat(value).isEqualTo(build.original().toString());
    CodeObject opaque = code(build.opaque().get(1));
    assertThat(opaque.function("blk_add_rq_to_plug").orElseThrow().relocations())
        .anyMatch(r -> r.symbol().equals(ConstantBuild.OPAQUE));
  }
}

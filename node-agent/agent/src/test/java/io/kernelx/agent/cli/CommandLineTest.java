// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.agent.build.Compilation;
import io.kernelx.agent.build.SourcePlaces;
import io.kernelx.agent.node.FakeRuntime;
import io.kernelx.agent.node.Samples;
import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.state.AgentSeat;
import io.kernelx.runtime.state.NodeFiles;
import io.kernelx.sie.plan.PlanJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
  private final FakeRuntime runtime = new FakeRuntime();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;
  private Path plan;

  @BeforeEach
  void plan() throws Exception {
    plan = folder.resolve("plan.json");
    Files.writeString(plan, PlanJson.write(Samples.plan("A", Samples.RELEASE, "4", "48")));
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Output output = new Output(new PrintWriter(out), new PrintWriter(err));
    return XkernelCommand.commandLine(
            Commands.of(new FakeMachine(), output, Clock.systemUTC()), output)
        .execute(args);
  }

  @Test
  void loadsShowsAndUnloads() {
    assertThat(run("load", "0", plan.toString(), "48")).isZero();
    assertThat(out.toString()).contains("A runs with 48");
    assertThat(run("table", "list")).isZero();
    assertThat(out.toString()).contains("A").contains("48").contains("cli");
    assertThat(run("status", "-o", "json")).isZero();
    assertThat(out.toString()).contains("\"observedValue\" : \"48\"");
    assertThat(run("unload", "A")).isZero();
    assertThat(runtime.kernel).isEmpty();
  }

  @Test
  void transitionsHaveAModeATimeAndFigures() {
    assertThat(run("load", "2", plan.toString(), "48", "1m30s")).isZero();
    assertThat(runtime.manners)
        .containsExactly(new Manner(Mode.GLOBAL, 90_000, Manner.OnStall.REVERT));
    runtime.transitions =
        List.of(
            Samples.stalled(TransitionReport.State.DONE),
            Samples.stalled(TransitionReport.State.REVERTED));
    assertThat(run("transition-stats", "A")).isZero();
    assertThat(out.toString())
        .contains("2 transitions, min 5012345 us")
        .contains("REVERTED")
        .contains("TIMEOUT");
    assertThat(run("transition-stats", "A", "-o", "json")).isZero();
    assertThat(out.toString()).contains("\"p99\" : 5012345");
    assertThat(run("unload", "A", "--timeout", "soon")).isEqualTo(2);
    assertThat(err.toString()).contains("write 500ms");
    assertThat(run("unload", "A", "--timeout", "25000h")).isEqualTo(2);
    assertThat(err.toString()).contains("up to 24 days");
    runtime.told = List.of(Samples.stalled(TransitionReport.State.RUNNING));
    assertThat(run("unload", "A", "--timeout", "2s", "--keep")).isZero();
    assertThat(err.toString()).contains("fio[4242] in blk_add_rq_to_plug");
    assertThat(runtime.manners.getLast().onStall()).isEqualTo(Manner.OnStall.KEEP);
    assertThat(runtime.manners.getLast().timeoutMillis()).isEqualTo(2000);
  }

  @Test
  void leavesToTheAgentWhatTheAgentLoaded() {
    runtime.kernel.add(Samples.loaded("uid-1", "A", "48", 1, "d", 0));
    assertThat(run("unload", "A")).isEqualTo(3);
    assertThat(err.toString()).contains("loaded by the agent").doesNotContain("\tat ");
    assertThat(run("unload", "--all")).isZero();
    assertThat(runtime.kernel).hasSize(1);
    assertThat(run("unload", "A", "--force")).isZero();
    assertThat(runtime.kernel).isEmpty();
  }

  @Test
  void oneThatCannotBeUnloadedKeepsNoOther() {
    for (String constant : List.of("A", "B", "C", "D")) {
      runtime.kernel.add(Samples.loaded(ApplyRequest.CLI, constant, "48", 1, "d", 0));
    }
    runtime.stuck.addAll(List.of("A", "C"));
    assertThat(run("unload", "--all")).isEqualTo(3);
    assertThat(out.toString()).contains("B runs with its compiled", "D runs with its compiled");
    assertThat(err.toString())
        .contains("2 of 4 constants are still changed.")
        .contains("Stalled: A keeps the value before. Stalled: C keeps the value before.");
    assertThat(runtime.kernel).hasSize(2);
    runtime.stuck.remove("A");
    assertThat(run("unload", "A", "C")).isEqualTo(3);
    assertThat(err.toString()).contains("Stalled: C keeps").doesNotContain("still changed");
    runtime.stuck.clear();
    assertThat(run("unload", "--all", "--timeout", "soon")).isEqualTo(2);
    assertThat(run("unload", "--all")).isZero();
    assertThat(runtime.kernel).isEmpty();
  }

  @Test
  void saysWhyTheRuntimeRefused() {
    runtime.refusal =
        new RuntimeRefusedException(Reason.OVERLAPS, "B is loaded at the same place.");
    assertThat(run("load", "0", plan.toString(), "48")).isEqualTo(3);
    assertThat(err.toString()).contains("Overlaps: B is loaded at the same place.");
    runtime.refusal = new RuntimeRefusedException(Reason.MISSING_CAPABILITY, "There is no clang.");
    assertThat(run("load", "0", plan.toString(), "48")).isEqualTo(4);
  }

  @Test
  void doctorNamesWhoServesTheNode() throws Exception {
    assertThat(run("doctor")).isZero();
    assertThat(out.toString()).doesNotContain("serves this node");
    try (NodeFiles.Lock held = new AgentSeat(folder.resolve("shm")).take("me").orElseThrow()) {
      assertThat(run("doctor")).isZero();
      assertThat(out.toString()).contains("agent     me serves this node");
      assertThat(held).isNotNull();
    }
  }

  @Test
  void doctorNamesWhatBpfLacksAndWhatServesInItsPlace() {
    runtime.withoutBpf = List.of("Linux 6.1.0 does not let kprobe programs call functions.");
    assertThat(run("doctor")).isZero();
    assertThat(out.toString())
        .contains("no BPF    Linux 6.1.0 does not let")
        .contains("Kernel modules alone enforce constants here");
    runtime.missing = List.of("There is no make; install it.");
    assertThat(run("doctor")).isEqualTo(4);
    assertThat(out.toString()).contains("missing   There is no make").doesNotContain("enforce");
  }

  @Test
  void doctorNamesWhatIsMissing() {
    assertThat(run("doctor")).isZero();
    runtime.missing = List.of("There is no clang; install it.");
    assertThat(run("doctor")).isEqualTo(4);
    assertThat(out.toString()).contains("There is no clang; install it.");
  }

  @Test
  void refusesAKernelWithoutSource() throws Exception {
    Path definition = folder.resolve("a.toml");
    Files.writeString(
        definition,
        """
        constant = "A"
        name = "a"
        description = "A constant."
        range = ["1", "10"]

        [source]
        file = "a.c"
        original = "#define A 3"
        modified = ["#define A 4", "#define A 5"]
        values = [3, 4, 5]
        """);
    int code = run("plan", definition.toString(), "--release", "1.2.3-none", "-o", "json");
    assertThat(code).isEqualTo(3);
    assertThat(out.toString())
        .contains("\"outcome\" : \"refused\"")
        .contains("\"reason\" : \"SourceNotFound\"")
        .contains("1.2.3-none");
  }

  @Test
  void buildWantsDefinitionsOrAll() {
    assertThat(run("build")).isEqualTo(2);
    assertThat(run("build", "--all", "a.toml")).isEqualTo(2);
    assertThat(err.toString()).contains("Name definitions, or give --all.");
    assertThat(run("build", folder.resolve("none.toml").toString())).isEqualTo(1);
    assertThat(run("build", "--all", "--project", folder.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("tunables cannot be read");
  }

  @Test
  void buildOfTheCatalogueGoesOnAfterARefusalAndWithoutAnAnalysis() throws Exception {
    Path project = Files.createDirectories(folder.resolve("project/tunables")).getParent();
    for (String name : List.of("a", "b")) {
      Files.writeString(
          project.resolve("tunables/" + name + ".toml"),
          "name = \"%s\"\n[source]\nfile = \"a.c\"\nmacro = \"A\"\n".formatted(name));
    }
    int code =
        run(
            "build",
            "--all",
            "--project",
            project.toString(),
            "--run-analysis",
            "--release",
            "1.2.3-none",
            "-o",
            "json");
    assertThat(code).isEqualTo(3);
    assertThat(err.toString())
        .contains("[1/2] a", "[2/2] b", "no linux-analysis checkout at " + folder);
    assertThat(out.toString()).contains("\"constant\" : \"b\"", "SourceNotFound", "\"said\"");
  }

  @Test
  void severalDefinitionsAreAnsweredInTheirOrder() throws Exception {
    Path invalid = Files.writeString(folder.resolve("invalid.toml"), "name = \"x\"\nwrong = 1\n");
    Path good =
        Files.writeString(
            folder.resolve("good.toml"), "name = \"a\"\n[source]\nfile = \"a.c\"\nmacro = \"A\"\n");
    int code =
        run("plan", invalid.toString(), good.toString(), "--release", "1.2.3-none", "-o", "json");
    assertThat(code).isEqualTo(3);
    assertThat(out.toString()).startsWith("[");
    assertThat(out.toString().indexOf("\"InvalidDefinition\""))
        .isPositive()
        .isLessThan(out.toString().indexOf("\"SourceNotFound\""));
  }

  @Test
  void damagedFilesAreOneSentence() throws Exception {
    Files.writeString(plan, Files.readString(plan).replace("\"48\"", "\"49\""));
    assertThat(run("load", "0", plan.toString(), "49")).isEqualTo(1);
    assertThat(err.toString()).contains("digest is wrong").hasLineCount(1);
    assertThat(run("load", "0", folder.resolve("none.json").toString(), "49")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot be read").hasLineCount(1);
  }

  @Test
  void wrongCommandLinesAndLaterCommandsSaySo() {
    assertThat(run("load", "0")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(run("load", "7", plan.toString(), "48")).isEqualTo(2);
    assertThat(run("unload")).isEqualTo(2);
    assertThat(run("agent", "--node", "")).isEqualTo(2);
    for (String later : List.of("run", "trace", "clean", "setup")) {
      assertThat(run(later, "x", "--all")).isEqualTo(5);
      assertThat(err.toString()).isEqualTo("xkernel-tool: " + later + " is not in this version.\n");
    }
  }

  @Test
  void helpListsTheExitCodes() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Exit codes:").contains("3  refused, with a reason");
  }

  private final class FakeMachine implements Machine {
    @Override
    public NodeRuntime runtime() {
      return runtime;
    }

    @Override
    public Compilation compilation(KernelSources kernels) {
      return new Compilation(
          new SourcePlaces(Optional.empty(), Optional.empty(), List.of(), folder, false),
          step -> {},
          Clock.systemUTC());
    }

    @Override
    public Path compileStub(String source) {
      throw new AssertionError("no plan is built here");
    }

    @Override
    public AgentSeat agentSeat() {
      return new AgentSeat(folder.resolve("shm"));
    }

    @Override
    public Instant bootedAt() {
      return Instant.EPOCH;
    }

    @Override
    public String runBuilder(String name, Path kubeconfig) {
      throw new AssertionError("no command here builds for " + name + " or " + ApplyRequest.CLI);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.agent.build.Compilation;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.live.LiveNodeRuntime;
import io.kernelx.runtime.state.AgentSeat;
import io.kernelx.runtime.stub.StubCompiler;
import io.kernelx.sie.codegen.StubSource;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The machine that the process runs on. */
final class LocalMachine implements Machine {
  private final Path cache;
  private final Consumer<String> progress;
  private final Clock clock;
  private final NodeRuntime runtime;
  private final StubCompiler stubs;
  private final AgentSeat seat;

  /**
   * @param home the folder with {@code bpf}, {@code kernel} and {@code tunables}
   * @param cache where built modules, stubs and trees are kept
   * @param form the form of enforcement when none is asked for; empty for the one that suits the
   *     kernel
   * @param progress told what takes long
   */
  LocalMachine(Path home, Path cache, Optional<Form> form, Consumer<String> progress, Clock clock) {
    this.cache = cache;
    this.progress = progress;
    this.clock = clock;
    RuntimePaths paths = RuntimePaths.standard(home, cache);
    this.stubs = new StubCompiler(paths);
    this.runtime = LiveNodeRuntime.of(paths, LocalMachine::stub, form);
    this.seat = new AgentSeat(paths.tables());
  }

  /** A plan that the runtime hands over has been checked, so there is a stub for it. */
  private static String stub(TunablePlan plan) {
    try {
      return StubSource.generate(plan);
    } catch (InvalidPlanException e) {
      throw new Failure(ExitCode.ERROR, e.getMessage());
    }
  }

  @Override
  public NodeRuntime runtime() {
    return runtime;
  }

  @Override
  public Compilation compilation(KernelSources kernels) {
    return new Compilation(kernels.places(cache), progress, clock);
  }

  @Override
  public Path compileStub(String source) throws RuntimeRefusedException {
    Optional<String> missing = stubs.missing();
    if (missing.isPresent()) {
      throw new RuntimeRefusedException(
          RuntimeRefusedException.Reason.MISSING_CAPABILITY, missing.get());
    }
    return stubs.compile(source);
  }

  @Override
  public AgentSeat agentSeat() {
    return seat;
  }

  @Override
  public Instant bootedAt() {
    try {
      String uptime = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
      return clock.instant().minus(Duration.ofMillis((long) (Double.parseDouble(uptime) * 1000)));
    } catch (IOException e) {
      throw new Failure(ExitCode.MISSING, "/proc/uptime cannot be read; mount procfs on /proc.");
    }
  }

  @Override
  public String runBuilder(String name, Path kubeconfig) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.addAll(ProcessSelf.command());
    command.addAll(List.of("builder", "--once", "--name", name));
    if (kubeconfig != null) {
      command.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    }
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      return code == 0 ? "the builder has answered" : "the builder ended with exit code " + code;
    } catch (IOException e) {
      return "the builder could not be started: " + e.getMessage();
    }
  }
}

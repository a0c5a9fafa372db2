// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.agent.build.Planner;
import io.kernelx.agent.build.SiePlanner;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the running kernel act as if it had been compiled with another value. */
@Command(
    name = "load",
    description = "Makes the running kernel act as if it had been compiled with another value.")
final class LoadCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Parameters(index = "0", paramLabel = "MODE", description = "0 Immediate, 1 PerTask, 2 Global")
  private int mode;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "a plan (.json), or a definition (.toml) to plan for this kernel first")
  private Path file;

  @Parameters(index = "2", paramLabel = "VALUE", description = "the value, decimal")
  private String value;

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "TIMEOUT",
      description = "how long tasks in a safe span are waited for, such as 500ms or 5s")
  private String timeout;

  @Mixin private StallOption stall = new StallOption();

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description = "bpf or native; the one that suits plan and kernel when it is left out")
  private String form;

  @Mixin private OutputOption answer = new OutputOption();

  @Mixin private KernelSources sources = new KernelSources();

  LoadCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  @Override
  public Integer call() throws InterruptedException {
    Manner manner = Manners.of(mode(), timeout, stall.onStall());
    TunablePlan plan = file.toString().endsWith(".json") ? read() : plan();
    try {
      LoadedTunable loaded =
          machine
              .runtime()
              .apply(
                  new ApplyRequest(
                      plan,
                      value,
                      ApplyRequest.CLI,
                      manner,
                      0,
                      new ShownTransition(output),
                      form()));
      if (answer.json()) {
        output.json(loaded);
      } else {
        output.line(
            "%s runs with %s (ID %d, %s probes: %s)."
                .formatted(
                    loaded.constant(),
                    loaded.observedValue(),
                    loaded.constId(),
                    loaded.form().form().text(),
                    loaded.form().reason()));
      }
    } catch (RuntimeRefusedException e) {
      throw Loaded.refusal(e);
    }
    return ExitCode.DONE.number();
  }

  private Optional<Form> form() {
    try {
      return Optional.ofNullable(form).map(Form::of);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, "--form " + e.getMessage());
    }
  }

  private Mode mode() {
    try {
      return Mode.of(mode);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, "MODE is 0, 1 or 2, not " + mode + ".");
    }
  }

  private TunablePlan read() {
    try {
      return PlanJson.read(text());
    } catch (InvalidPlanException e) {
      throw new Failure(ExitCode.ERROR, file + ": " + e.getMessage());
    }
  }

  private TunablePlan plan() throws InterruptedException {
    KernelFacts facts = machine.runtime().facts();
    output.progress("planning " + file + " for " + facts.release());
    KernelBuildSpec.Kernel kernel =
        new KernelBuildSpec.Kernel(
            facts.release(), facts.buildId(), facts.arch(), facts.compiler());
    return switch (new SiePlanner(machine.compilation(sources))
        .plan(kernel, text(), List.of(value))) {
      case Planner.Answer.Planned planned -> PlanJson.withDigest(planned.plan());
      case Planner.Answer.Refused(Planner.Refusal refusal) ->
          throw new Failure(ExitCode.REFUSED, refusal.reason() + ": " + refusal.message());
    };
  }

  private String text() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new Failure(ExitCode.ERROR, file + " cannot be read; give a plan or a definition.");
    }
  }
}

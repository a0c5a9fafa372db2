// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the running kernel and what is changed in it. */
@Command(name = "status", description = "Shows the running kernel and what is changed in it.")
final class StatusCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Mixin private OutputOption answer = new OutputOption();

  StatusCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  /** The JSON shape. */
  record Answer(KernelFacts kernel, List<LoadedTunable> loaded) {}

  @Override
  public Integer call() {
    KernelFacts facts = machine.runtime().facts();
    List<LoadedTunable> loaded = Loaded.all(machine);
    if (answer.json()) {
      output.json(new Answer(facts, loaded));
    } else {
      output.line("kernel " + facts.release() + ", build-id " + facts.buildId());
      output.line("boot " + facts.bootId() + ", lockdown " + facts.lockdown());
      facts.missing().forEach(output::line);
      output.table(Loaded.rows(loaded));
    }
    return ExitCode.DONE.number();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.KernelFacts;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what this machine lacks, and how to mend it. */
@Command(
    name = "doctor",
    description = "Says what this machine lacks for loading, and how to mend it.")
final class DoctorCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Mixin private OutputOption answer = new OutputOption();

  DoctorCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  @Override
  public Integer call() {
    KernelFacts facts = machine.runtime().facts();
    if (answer.json()) {
      output.json(facts);
    } else {
      output.line("kernel    " + facts.release());
      output.line("build-id  " + (facts.buildId().isEmpty() ? "none" : facts.buildId()));
      output.line("compiler  " + facts.compiler());
      output.line("lockdown  " + facts.lockdown());
      agent().ifPresent(who -> output.line("agent     " + who + " serves this node"));
      facts.missing().forEach(m -> output.line("missing   " + m));
      facts.withoutBpf().forEach(m -> output.line("no BPF    " + m));
      if (facts.canLoad()) {
        output.line(
            facts.withoutBpf().isEmpty()
                ? "Everything that loading needs is here."
                : "Kernel modules alone enforce constants here, BPF programs cannot; everything"
                    + " that loading needs for that is here.");
      }
    }
    return facts.canLoad() ? ExitCode.DONE.number() : ExitCode.MISSING.number();
  }

  private Optional<String> agent() {
    try {
      return machine.agentSeat().holder();
    } catch (IOException e) {
      return Optional.of("nobody knows who (" + e.getMessage() + ")");
    }
  }
}

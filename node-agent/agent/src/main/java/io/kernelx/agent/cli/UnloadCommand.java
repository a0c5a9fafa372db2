// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Unloads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives constants back their compiled values. */
@Command(name = "unload", description = "Gives constants back the values they were compiled with.")
final class UnloadCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Parameters(arity = "0..*", paramLabel = "ID", description = "ConstIDs or names of constants")
  private List<String> ids = List.of();

  @Option(names = "--all", description = "Everything that was loaded by hand.")
  private boolean all;

  @Option(names = "--force", description = "Also what the agent loaded on an operator's orders.")
  private boolean force;

  @Option(
      names = "--timeout",
      description = "How long tasks in a safe span are waited for, such as 500ms or 5s.")
  private String timeout;

  @Mixin private StallOption stall = new StallOption();

  UnloadCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  @Override
  public Integer call() {
    if (all != ids.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "unload needs either constants or --all.");
    }
    List<LoadedTunable> chosen =
        all
            ? Loaded.all(machine).stream().filter(l -> force || byHand(l)).toList()
            : ids.stream().map(id -> Loaded.find(machine, id)).toList();
    chosen.forEach(this::refuseTheAgents);
    List<Failure> kept = new ArrayList<>();
    new Unloads(machine.runtime())
        .each(
            chosen,
            loaded -> Manners.of(loaded.mode(), timeout, stall.onStall()),
            new ShownTransition(output),
            outcome -> tell(outcome, kept));
    if (!kept.isEmpty()) {
      throw kept.size() == 1
          ? kept.getFirst()
          : new Failure(
              kept.getFirst().code(),
              "%d of %d constants are still changed. %s"
                  .formatted(
                      kept.size(),
                      chosen.size(),
                      kept.stream().map(Failure::getMessage).collect(Collectors.joining(" "))));
    }
    return ExitCode.DONE.number();
  }

  private void tell(Unloads.Outcome outcome, List<Failure> kept) {
    if (outcome.refusal().isPresent()) {
      kept.add(Loaded.refusal(outcome.refusal().get()));
    } else {
      output.line(outcome.loaded().constant() + " runs with its compiled value again.");
    }
  }

  private void refuseTheAgents(LoadedTunable loaded) {
    if (!force && !byHand(loaded)) {
      throw new Failure(
          ExitCode.REFUSED,
          "%s was loaded by the agent for the tunable %s; change or delete that KernelTunable, or give --force."
              .formatted(loaded.constant(), loaded.owner()));
    }
  }

  private static boolean byHand(LoadedTunable loaded) {
    return loaded.owner().equals(ApplyRequest.CLI);
  }
}

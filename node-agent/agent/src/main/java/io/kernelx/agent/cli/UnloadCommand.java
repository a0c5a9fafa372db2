// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.RuntimeRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    for (LoadedTunable loaded : chosen) {
      unload(loaded);
    }
    return ExitCode.DONE.number();
  }

  private void unload(LoadedTunable loaded) {
    if (!force && !byHand(loaded)) {
      throw new Failure(
          ExitCode.REFUSED,
          "%s was loaded by the agent for the tunable %s; change or delete that KernelTunable, or give --force."
              .formatted(loaded.constant(), loaded.owner()));
    }
    try {
      machine
          .runtime()
          .revert(
              loaded.owner(),
              loaded.constant(),
              Optional.of(Manners.of(loaded.mode(), timeout, stall.onStall())),
              new ShownTransition(output));
    } catch (RuntimeRefusedException e) {
      throw Loaded.refusal(e);
    }
    output.line(loaded.constant() + " runs with its compiled value again.");
  }

  private static boolean byHand(LoadedTunable loaded) {
    return loaded.owner().equals(ApplyRequest.CLI);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks at the table of loaded constants. */
@Command(name = "table", description = "Looks at the table of loaded constants: list, or show ID.")
final class TableCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Parameters(index = "0", paramLabel = "list|show", description = "what to do")
  private String verb;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ID",
      description = "a ConstID or a constant's name")
  private String id;

  @Mixin private OutputOption answer = new OutputOption();

  TableCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  @Override
  public Integer call() {
    switch (verb) {
      case "list" -> {
        if (answer.json()) {
          output.json(Loaded.all(machine));
        } else {
          output.table(Loaded.rows(Loaded.all(machine)));
        }
      }
      case "show" -> {
        if (id == null) {
          throw new Failure(ExitCode.USAGE, "table show needs a ConstID or a constant's name.");
        }
        output.json(Loaded.find(machine, id));
      }
      case "query", "delete", "cs", "ss" ->
          throw new Failure(
              ExitCode.LATER, "table " + verb + " is not in this version; list and show are.");
      default -> throw new Failure(ExitCode.USAGE, "table knows list and show, not " + verb + ".");
    }
    return ExitCode.DONE.number();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.sie.codegen.StubSource;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the BPF stub of a plan. */
@Command(name = "gen", description = "Prints the C source of a plan's BPF stub.")
final class GenCommand implements Callable<Integer> {
  private final Output output;

  @Parameters(index = "0", paramLabel = "PLAN", description = "a plan (.json)")
  private Path file;

  GenCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    try {
      output.line(StubSource.generate(PlanJson.read(Files.readString(file))));
      return ExitCode.DONE.number();
    } catch (IOException e) {
      throw new Failure(ExitCode.ERROR, file + " cannot be read; give a plan.");
    } catch (InvalidPlanException e) {
      throw new Failure(ExitCode.ERROR, file + ": " + e.getMessage());
    }
  }
}

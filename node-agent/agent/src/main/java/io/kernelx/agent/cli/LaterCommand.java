// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** Stands in the place of a command that a later version has. */
@Command(description = "Not in this version.")
final class LaterCommand implements Callable<Integer> {
  private final String name;

  @Unmatched private List<String> options = new ArrayList<>();

  @Parameters(arity = "0..*", hidden = true)
  private List<String> ignored = List.of();

  LaterCommand(String name) {
    this.name = name;
  }

  @Override
  public Integer call() {
    throw new Failure(ExitCode.LATER, name + " is not in this version.");
  }
}

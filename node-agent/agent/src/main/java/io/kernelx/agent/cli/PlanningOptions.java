// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.definition.Definition;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that plan: for which kernel, which values, out of which sources. */
final class PlanningOptions {
  @Option(
      names = "--release",
      paramLabel = "REL",
      description = "The kernel, as uname -r prints it; by default the running one.")
  private String release;

  @Option(
      names = "--value",
      paramLabel = "V",
      description =
          "A value to prove beside those that the plan is found with, a number or a C expression"
              + " such as \"HZ / 5\"; may be repeated.")
  private List<String> values = List.of();

  @Mixin private KernelSources sources = new KernelSources();

  /** Returns the kernel's release. */
  String release(Machine machine) {
    return release == null ? machine.runtime().facts().release() : release;
  }

  /** Plans a definition. */
  PlanOutcome plan(Machine machine, Definition definition) throws InterruptedException {
    return machine.compilation(sources).plan(definition, release(machine), values);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import picocli.CommandLine.Option;

/** The option that says how a command answers. */
final class OutputOption {
  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}")
  private OutputFormat format;

  /** Returns whether programs read the answer, not people. */
  boolean json() {
    return format == OutputFormat.json;
  }
}

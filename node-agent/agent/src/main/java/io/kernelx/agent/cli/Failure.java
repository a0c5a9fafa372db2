// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

/** Ends a command with an exit code and one sentence. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ExitCode code;

  Failure(ExitCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  ExitCode code() {
    return code;
  }
}

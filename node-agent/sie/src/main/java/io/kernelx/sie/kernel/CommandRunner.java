// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs programs. The one way out of this module; tests put a fake in its place. */
public interface CommandRunner {
  /**
   * Runs a program to its end.
   *
   * @throws CommandFailedException if it cannot be started or does not end in time; a program that
   *     ends with an error is a result
   */
  Result run(Command command);

  /**
   * @param words the program and its arguments
   * @param folder the working folder
   * @param environment the whole environment, nothing is inherited
   * @param input what the program reads
   * @param limit after which it is killed
   */
  record Command(
      List<String> words,
      Path folder,
      Map<String, String> environment,
      byte[] input,
      Duration limit) {
    public Command {
      words = List.copyOf(words);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * @param exit the exit code
   * @param output standard output
   * @param errors standard error
   */
  record Result(int exit, byte[] output, byte[] errors) {
    public String outputText() {
      return new String(output, StandardCharsets.UTF_8);
    }

    public String errorText() {
      return new String(errors, StandardCharsets.UTF_8);
    }
  }

  /** A program could not be run. */
  final class CommandFailedException extends RuntimeException {
    public CommandFailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}

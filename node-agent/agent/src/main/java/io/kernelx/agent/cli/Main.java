// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.logging.LogManager;

/** Puts the tool together and runs it. */
public final class Main {
  private Main() {}

  /** Runs the command line and returns the exit code. */
  public static int run(String[] args, Map<String, String> environment) {
    quietLibraries();
    Output output =
        new Output(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    Clock clock = Clock.systemUTC();
    Machine machine =
        new LocalMachine(Path.of(environment.getOrDefault("KERNELX_HOME", "/opt/kernelx")), clock);
    return XkernelCommand.commandLine(Commands.of(machine, output, clock), output).execute(args);
  }

  private static void quietLibraries() {
    try (InputStream properties = Main.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(properties);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

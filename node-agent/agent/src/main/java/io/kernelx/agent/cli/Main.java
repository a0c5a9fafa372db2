// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.Form;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
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
    Optional<Form> form;
    try {
      form =
          Optional.ofNullable(environment.get("KERNELX_FORM"))
              .filter(text -> !text.isEmpty())
              .map(Form::of);
    } catch (IllegalArgumentException e) {
      return ErrorSentence.report(
          new Failure(ExitCode.USAGE, "KERNELX_FORM: " + e.getMessage()), output);
    }
    Machine machine =
        new LocalMachine(
            Path.of(environment.getOrDefault("KERNELX_HOME", "/opt/kernelx")),
            cache(environment),
            form,
            output::progress,
            clock);
    if (args.length == 1 && args[0].equals("agent")) {
      return agent(new AgentDuty(machine, output, clock), environment);
    }
    return XkernelCommand.commandLine(Commands.of(machine, output, clock), output).execute(args);
  }

  /**
   * Starts the agent past the command line's parser, whose classes no start-up cache can hold: on a
   * slow node they alone cost minutes.
   */
  private static int agent(AgentDuty duty, Map<String, String> environment) {
    try {
      duty.run(environment.get("NODE_NAME"), null);
      return ExitCode.DONE.number();
    } catch (Exception e) {
      return ErrorSentence.report(e, duty.output());
    }
  }

  private static Path cache(Map<String, String> environment) {
    String given = environment.getOrDefault("KERNELX_CACHE", "");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        xdg.isEmpty() ? Path.of(environment.getOrDefault("HOME", "/root"), ".cache") : Path.of(xdg);
    return caches.resolve("kernelx");
  }

  private static void quietLibraries() {
    try (InputStream properties = Main.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(properties);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

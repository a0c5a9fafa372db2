// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line as a whole. */
@Command(
    name = "xkernel-tool",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = CommandLine.ScopeType.INHERIT,
    description = "Changes constants that were compiled into the running kernel.")
final class XkernelCommand implements Runnable {
  private static final List<String> LATER = List.of("run", "trace", "clean", "setup");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Which command? xkernel-tool --help lists them.");
  }

  /** Puts the command line together. */
  static CommandLine commandLine(Commands commands, Output output) {
    CommandLine line = new CommandLine(new XkernelCommand());
    commands.all().forEach(line::addSubcommand);
    LATER.forEach(name -> line.addSubcommand(name, new LaterCommand(name)));
    line.getCommandSpec()
        .usageMessage()
        .footer(
            Arrays.stream(ExitCode.values())
                .map(c -> "  %d  %s".formatted(c.number(), c.meaning()))
                .reduce("%nExit codes:", (a, b) -> a + "%n" + b));
    line.setOut(output.out()).setErr(output.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, args) -> usage(e, output));
    line.setExecutionExceptionHandler((e, command, parsed) -> ErrorSentence.report(e, output));
    return line;
  }

  private static int usage(CommandLine.ParameterException e, Output output) {
    output.progress("xkernel-tool: " + e.getMessage());
    output.progress("xkernel-tool --help shows how commands are written.");
    return ExitCode.USAGE.number();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How this very program is started. */
final class ProcessSelf {
  private ProcessSelf() {}

  /** Returns the command that starts another process of this program, without its arguments. */
  static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.kernelx.agent.XkernelTool");
    return command;
  }
}

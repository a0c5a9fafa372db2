// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The agent, from the command line. */
@Command(
    name = "agent",
    description = "Keeps this node as its NodeTuning orders; the process of the DaemonSet's pods.")
final class AgentCommand implements Callable<Integer> {
  private final AgentDuty duty;

  @Option(
      names = "--node",
      paramLabel = "NAME",
      defaultValue = "${env:NODE_NAME}",
      description = "This node's name; by default $NODE_NAME.")
  private String node;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the cluster; by default the pod's service account.")
  private Path kubeconfig;

  AgentCommand(AgentDuty duty) {
    this.duty = duty;
  }

  @Override
  public Integer call() throws InterruptedException {
    duty.run(node, kubeconfig);
    return ExitCode.DONE.number();
  }
}

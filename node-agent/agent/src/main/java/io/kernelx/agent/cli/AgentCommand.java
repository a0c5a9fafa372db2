// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.agent.build.OpenBuilds;
import io.kernelx.agent.cluster.ApiPlanSource;
import io.kernelx.agent.cluster.ApiReportBoard;
import io.kernelx.agent.cluster.ApiStatusBoard;
import io.kernelx.agent.cluster.BuildLoop;
import io.kernelx.agent.cluster.Connection;
import io.kernelx.agent.cluster.NodeLoop;
import io.kernelx.agent.node.NodeReconciler;
import io.kernelx.runtime.KernelFacts;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps this node as its NodeTuning orders, and makes plans for its kernel when asked. */
@Command(
    name = "agent",
    description = "Keeps this node as its NodeTuning orders; the process of the DaemonSet's pods.")
final class AgentCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;
  private final Clock clock;

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

  AgentCommand(Machine machine, Output output, Clock clock) {
    this.machine = machine;
    this.output = output;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (node == null || node.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE, "The agent does not know its node; give --node or set NODE_NAME.");
    }
    KernelFacts facts = machine.runtime().facts();
    Log log = new Log(output, clock);
    log.accept("node %s, kernel %s, boot %s".formatted(node, facts.release(), facts.bootId()));
    facts.missing().forEach(log);
    try (KubernetesClient client = Connection.open(kubeconfig)) {
      startBuilder(client, log);
      new NodeLoop(
              client,
              node,
              new NodeReconciler(
                  Version.text(),
                  machine.runtime(),
                  new ApiPlanSource(client),
                  new ApiStatusBoard(client, node),
                  clock,
                  machine.bootedAt()),
              log)
          .run();
    }
    return ExitCode.DONE.number();
  }

  /**
   * Builds run in a process of their own, with low priority: a build must not hold up this one, nor
   * take it down.
   */
  private void startBuilder(KubernetesClient client, Log log) {
    BuildLoop loop =
        new BuildLoop(
            client,
            new OpenBuilds(node, new ApiReportBoard(client, node)),
            build -> machine.runBuilder(node, kubeconfig),
            log);
    Thread.ofPlatform()
        .name("builds")
        .daemon()
        .start(
            () -> {
              try {
                loop.run(false);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}

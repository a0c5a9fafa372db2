// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.agent.build.OpenBuilds;
import io.kernelx.agent.cluster.ApiPlanSource;
import io.kernelx.agent.cluster.ApiReportBoard;
import io.kernelx.agent.cluster.ApiStatusBoard;
import io.kernelx.agent.cluster.BuildLoop;
import io.kernelx.agent.cluster.Connection;
import io.kernelx.agent.cluster.LoggedBoard;
import io.kernelx.agent.cluster.NodeLoop;
import io.kernelx.agent.cluster.Wake;
import io.kernelx.agent.node.NodeReconciler;
import io.kernelx.agent.node.OrderThreads;
import io.kernelx.runtime.KernelFacts;
import java.nio.file.Path;
import java.time.Clock;

/**
 * Keeps this node as its NodeTuning orders, and sees to the builds that name it. A second agent of
 * a node waits for the end of the first.
 *
 * @param machine this node
 * @param output takes the log
 * @param clock the time
 */
record AgentDuty(Machine machine, Output output, Clock clock) {

  /**
   * Runs until the thread is interrupted.
   *
   * @param node this node's name
   * @param kubeconfig how to reach the cluster; null for the pod's service account
   */
  void run(String node, Path kubeconfig) throws InterruptedException {
    if (node == null || node.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE, "The agent does not know its node; give --node or set NODE_NAME.");
    }
    HostKbuild.link(Path.of("/host/usr/lib"), Path.of("/usr/lib"));
    KernelFacts facts = machine.runtime().facts();
    Log log = new Log(output, clock);
    log.accept("node %s, kernel %s, boot %s".formatted(node, facts.release(), facts.bootId()));
    facts.missing().forEach(log);
    facts.withoutBpf().forEach(log);
    SeatTaken seat = new SeatTaken(machine.agentSeat(), log, () -> Thread.sleep(1000)).await();
    try (KubernetesClient client = Connection.open(kubeconfig)) {
      startBuilds(client, node, kubeconfig, log);
      Wake wake = new Wake();
      new NodeLoop(
              client,
              node,
              new NodeReconciler(
                  Version.text(),
                  machine.runtime(),
                  new ApiPlanSource(client),
                  new LoggedBoard(new ApiStatusBoard(client, node), log),
                  clock,
                  machine.bootedAt(),
                  OrderThreads.real(wake::now)),
              wake,
              log)
          .run();
    } finally {
      seat.close();
    }
  }

  /**
   * Builds run in a process of their own, with low priority: a build must not hold up this one, nor
   * take it down.
   */
  private void startBuilds(KubernetesClient client, String node, Path kubeconfig, Log log) {
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

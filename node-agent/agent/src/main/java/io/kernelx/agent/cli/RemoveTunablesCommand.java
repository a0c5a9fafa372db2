// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.agent.cluster.Connection;
import io.kernelx.api.v1alpha1.KernelTunable;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes every KernelTunable and waits until the nodes have gone back. */
@Command(
    name = "remove-tunables",
    description =
        "Deletes every KernelTunable of the cluster and waits until all nodes have gone back; the"
            + " chart runs it before it goes.")
final class RemoveTunablesCommand implements Callable<Integer> {
  private final Output output;
  private final Clock clock;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "How long to wait; 300 by default.")
  private long timeout;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the cluster; by default the pod's service account.")
  private Path kubeconfig;

  RemoveTunablesCommand(Output output, Clock clock) {
    this.output = output;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    Instant deadline = clock.instant().plusSeconds(timeout);
    try (KubernetesClient client = Connection.open(kubeconfig)) {
      client.resources(KernelTunable.class).delete();
      List<String> before = List.of();
      while (true) {
        List<String> left =
            client.resources(KernelTunable.class).list().getItems().stream()
                .map(t -> t.getMetadata().getName())
                .toList();
        if (left.isEmpty()) {
          output.line("No tunable is left, and every node runs with its compiled values.");
          return ExitCode.DONE.number();
        }
        if (!clock.instant().isBefore(deadline)) {
          throw new Failure(
              ExitCode.ERROR,
              "After %d s these tunables still wait for nodes to go back: %s; see kubectl describe kerneltunable."
                  .formatted(timeout, String.join(", ", left)));
        }
        if (!left.equals(before)) {
          output.line("waiting for " + String.join(", ", left));
          before = left;
        }
        Thread.sleep(Duration.ofSeconds(1));
      }
    }
  }
}

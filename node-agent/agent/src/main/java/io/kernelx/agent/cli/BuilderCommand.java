// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.agent.build.BuildDuty;
import io.kernelx.agent.build.OpenBuilds;
import io.kernelx.agent.build.SiePlanner;
import io.kernelx.agent.cluster.ApiReportBoard;
import io.kernelx.agent.cluster.BuildLoop;
import io.kernelx.agent.cluster.Connection;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the plans that KernelBuilds ask this builder for. */
@Command(
    name = "builder",
    description = {
      "Makes the plans that KernelBuilds ask this builder for. Needs no root and no kernel of its"
          + " own:",
      "only compilers, the kernels' sources, and a service account that may write its BuildReports."
    })
final class BuilderCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;
  private final Clock clock;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The builder's name, as the operator's configuration or the node has it.")
  private String name;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the cluster; by default the pod's service account.")
  private Path kubeconfig;

  @Option(names = "--once", description = "End as soon as no build waits.")
  private boolean once;

  @Mixin private KernelSources sources = new KernelSources();

  BuilderCommand(Machine machine, Output output, Clock clock) {
    this.machine = machine;
    this.output = output;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    Log log = new Log(output, clock);
    try (KubernetesClient client = Connection.open(kubeconfig)) {
      ApiReportBoard board = new ApiReportBoard(client, name);
      SiePlanner planner = new SiePlanner(machine.compilation(sources));
      BuildDuty duty = new BuildDuty(name, planner, board, clock);
      log.accept("builder %s, planner %s".formatted(name, planner.version()));
      new BuildLoop(client, new OpenBuilds(name, board), build -> answer(duty, build), log)
          .run(once);
    }
    return ExitCode.DONE.number();
  }

  private static String answer(BuildDuty duty, KernelBuild build) throws InterruptedException {
    BuildReportStatus status = duty.answer(build);
    return status.refusal() != null
        ? "refused after %s: %s: %s"
            .formatted(status.duration(), status.refusal().reason(), status.refusal().message())
        : "plan %s in %s".formatted(status.planDigest(), status.duration());
  }
}

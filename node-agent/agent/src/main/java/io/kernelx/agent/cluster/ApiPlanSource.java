// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.agent.node.PlanSource;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import java.util.Optional;

/** Plans from the KernelBuilds' status. */
public final class ApiPlanSource implements PlanSource {
  private final KubernetesClient client;

  public ApiPlanSource(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<String> plan(String kernelBuild) {
    return Optional.ofNullable(client.resources(KernelBuild.class).withName(kernelBuild).get())
        .map(KernelBuild::getStatus)
        .map(KernelBuildStatus::plan);
  }
}

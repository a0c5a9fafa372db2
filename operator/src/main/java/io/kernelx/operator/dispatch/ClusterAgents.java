// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kernelx.operator.cluster.RecentWrites;
import io.kernelx.operator.cluster.ServerSideWriter;
import java.util.Optional;
import java.util.function.Supplier;

/** The agents' DaemonSet in the cluster. */
public final class ClusterAgents implements AgentWriter {

  private final KubernetesClient client;
  private final String namespace;
  private final Optional<String> deployment;
  private final Supplier<Optional<DaemonSet>> cached;
  private final RecentWrites recent;
  private volatile Optional<OwnerReference> owner = Optional.empty();

  /**
   * @param namespace the operator's namespace
   * @param deployment the operator's own Deployment; empty when it has none
   * @param cached the DaemonSet as the cache has it
   */
  public ClusterAgents(
      KubernetesClient client,
      String namespace,
      Optional<String> deployment,
      Supplier<Optional<DaemonSet>> cached,
      RecentWrites recent) {
    this.client = client;
    this.namespace = namespace;
    this.deployment = deployment;
    this.cached = cached;
    this.recent = recent;
  }

  @Override
  public Optional<DaemonSet> current() {
    return cached.get();
  }

  @Override
  public Optional<OwnerReference> owner() {
    if (owner.isEmpty() && deployment.isPresent()) {
      owner = find(deployment.get());
    }
    return owner;
  }

  private Optional<OwnerReference> find(String name) {
    Deployment found = client.apps().deployments().inNamespace(namespace).withName(name).get();
    if (found == null) {
      throw new IllegalStateException(
          "there is no Deployment %s in namespace %s to own the agents; set KERNELX_DEPLOYMENT and"
                  .formatted(name, namespace)
              + " KERNELX_NAMESPACE to the operator's own, or unset KERNELX_DEPLOYMENT");
    }
    return Optional.of(
        new OwnerReferenceBuilder()
            .withApiVersion("apps/v1")
            .withKind("Deployment")
            .withName(name)
            .withUid(found.getMetadata().getUid())
            .build());
  }

  @Override
  public void write(DaemonSet agents) {
    DaemonSet written =
        client
            .resource(agents)
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager(ServerSideWriter.MANAGER)
                    .withForce(true)
                    .build());
    recent.wrote(written, current().orElse(null));
  }

  @Override
  public void delete() {
    client.apps().daemonSets().inNamespace(namespace).withName(AgentDaemonSet.NAME).delete();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.cluster;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.operator.observe.NodeFacts;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Writes by server-side apply. Every tunable's orders have a field manager of their own: to remove
 * an order is to apply without it, and no write can undo another tunable's.
 *
 * <p>Answers are handed to the caches, so that the next look sees them.
 */
public final class ServerSideWriter implements TuningWriter, BuildWriter, StatusWriter {

  /** The field manager of everything but orders. */
  public static final String MANAGER = "kernelx-operator";

  private static final String EVENT_NAMESPACE = "default";

  private final KubernetesClient client;
  private final RecentWrites recent;
  private final Clock clock;

  public ServerSideWriter(KubernetesClient client, RecentWrites recent, Clock clock) {
    this.client = client;
    this.recent = recent;
    this.clock = clock;
  }

  private static PatchContext apply(String manager) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(manager)
        .withForce(true)
        .build();
  }

  private <T extends HasMetadata> T apply(T resource, String manager) {
    return client.resource(resource).patch(apply(manager));
  }

  @Override
  public void create(NodeFacts node) {
    NodeTuning tuning = new NodeTuning();
    tuning.setMetadata(
        new ObjectMetaBuilder()
            .withName(node.name())
            .withOwnerReferences(
                List.of(
                    new OwnerReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(node.name())
                        .withUid(node.uid())
                        .build()))
            .build());
    tuning.setSpec(new NodeTuningSpec(node.name(), List.of()));
    recent.wrote(apply(tuning, MANAGER), null);
  }

  @Override
  public void order(NodeTuning tuning, String uid, Optional<NodeTunable> order) {
    NodeTuning change = new NodeTuning();
    change.setMetadata(sameObject(tuning));
    order.ifPresent(
        o -> change.setSpec(new NodeTuningSpec(tuning.getMetadata().getName(), List.of(o))));
    recent.wrote(apply(change, "kernelx-tunable-" + uid), tuning);
  }

  /** Names the object and its uid, so that a successor of the same name is not written to. */
  private static ObjectMeta sameObject(HasMetadata resource) {
    return new ObjectMetaBuilder()
        .withName(resource.getMetadata().getName())
        .withUid(resource.getMetadata().getUid())
        .build();
  }

  @Override
  public void delete(NodeTuning tuning) {
    client.resource(tuning).lockResourceVersion(tuning.getMetadata().getResourceVersion()).delete();
  }

  @Override
  public void spec(String name, Optional<KernelBuild> existing, KernelBuildSpec spec) {
    KernelBuild build = new KernelBuild();
    ObjectMetaBuilder meta = new ObjectMetaBuilder().withName(name);
    existing.ifPresent(e -> meta.withResourceVersion(e.getMetadata().getResourceVersion()));
    build.setMetadata(meta.build());
    build.setSpec(spec);
    recent.wrote(apply(build, MANAGER), existing.orElse(null));
  }

  @Override
  public void delete(KernelBuild build) {
    client.resource(build).lockResourceVersion(build.getMetadata().getResourceVersion()).delete();
  }

  @Override
  public void status(KernelBuild build, KernelBuildStatus status) {
    KernelBuild change = new KernelBuild();
    change.setMetadata(sameObject(build));
    change.setStatus(status);
    client.resource(change).subresource("status").patch(apply(MANAGER));
  }

  @Override
  public void status(KernelTunable tunable, KernelTunableStatus status) {
    KernelTunable change = new KernelTunable();
    change.setMetadata(sameObject(tunable));
    change.setStatus(status);
    client.resource(change).subresource("status").patch(apply(MANAGER));
  }

  @Override
  public void event(KernelTunable tunable, TunableEvent event) {
    Instant now = clock.instant();
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    var meta = tunable.getMetadata();
    var resource =
        new EventBuilder()
            .withNewMetadata()
            .withGenerateName(meta.getName() + ".")
            .withNamespace(EVENT_NAMESPACE)
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(tunable.getApiVersion())
            .withKind(tunable.getKind())
            .withName(meta.getName())
            .withUid(meta.getUid())
            .endInvolvedObject()
            .withType(event.warning() ? "Warning" : "Normal")
            .withReason(event.reason())
            .withMessage(cut(event.message()))
            .withFirstTimestamp(time)
            .withLastTimestamp(time)
            .withCount(1)
            .withNewSource()
            .withComponent(MANAGER)
            .endSource()
            .withReportingComponent("kernelx.io/operator")
            .withReportingInstance(MANAGER)
            .build();
    try {
      client.v1().events().inNamespace(EVENT_NAMESPACE).resource(resource).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN
          && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      // The status says the same; a cluster that takes no events is no reason to stop.
    }
  }

  private static String cut(String message) {
    return message.length() <= 1024 ? message : message.substring(0, 1021) + "...";
  }
}

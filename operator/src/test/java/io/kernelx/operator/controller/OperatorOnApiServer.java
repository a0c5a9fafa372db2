// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.operator.apiserver.ApiServer;
import io.kernelx.operator.apiserver.SimulatedNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Starts the operator before each test and ends it afterwards, when nothing is left of the test.
 * Agents and builders are simulated.
 */
abstract class OperatorOnApiServer {

  static final String AMD64 = "6.12.117+deb12-amd64";
  static final String CLOUD = "6.12.117+deb12-cloud-amd64";
  private static final Map<String, String> STORAGE = Map.of("pool", "storage");

  final KubernetesClient client;
  private final KubernetesClient operatorsOwn;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private OperatorInProcess operator;

  OperatorOnApiServer(ApiServer.Access access) {
    this.client = access.admin();
    this.operatorsOwn = access.operator();
  }

  @BeforeEach
  void start() {
    operator = new OperatorInProcess(operatorsOwn, List.of());
  }

  /** Ends the operator and starts it anew, with builders outside of the nodes. */
  void restart(List<String> builders) {
    operator.close();
    operator = new OperatorInProcess(operatorsOwn, builders);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable part : parts) {
      part.close();
    }
    client.resources(KernelTunable.class).delete();
    await("all tunables to be gone", () -> tunables().isEmpty());
    operator.close();
    client.resources(KernelBuild.class).delete();
    client.resources(NodeTuning.class).delete();
    client.resources(io.kernelx.api.v1alpha1.BuildReport.class).delete();
    client.v1().events().inNamespace("default").delete();
    client.close();
    operatorsOwn.close();
  }

  List<KernelTunable> tunables() {
    return client.resources(KernelTunable.class).list().getItems();
  }

  SimulatedNode node(String name, String arch, String release) {
    SimulatedNode node = new SimulatedNode(client, name, arch, release, STORAGE);
    parts.add(node);
    return node;
  }

  static void await(String what, BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("waited 30 s for " + what);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  KernelTunable apply(String name, String spec) {
    KernelTunable wanted =
        client
            .getKubernetesSerialization()
            .unmarshal(
                """
                apiVersion: kernelx.io/v1alpha1
                kind: KernelTunable
                metadata: {name: %s}
                spec: %s
                """
                    .formatted(name, spec),
                KernelTunable.class);
    return client
        .resource(wanted)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("gitops")
                .build());
  }

  static String plug(String value) {
    return """
    {constant: {name: BLK_MAX_REQUEST_COUNT}, value: %s, consistency: {mode: Immediate},
     nodeSelector: {matchLabels: {pool: storage}}}
    """
        .formatted(value)
        .strip();
  }

  KernelTunable get(String name) {
    return client.resources(KernelTunable.class).withName(name).get();
  }

  static Optional<Condition> condition(KernelTunable tunable, String type) {
    return Optional.ofNullable(tunable)
        .map(KernelTunable::getStatus)
        .flatMap(
            status ->
                status.conditions().stream().filter(c -> type.equals(c.getType())).findFirst());
  }

  KernelTunable await(String name, String type, String status, String reason) {
    KernelTunable[] last = new KernelTunable[1];
    try {
      await(
          type,
          () -> {
            last[0] = get(name);
            return condition(last[0], type)
                .filter(c -> c.getStatus().equals(status) && c.getReason().equals(reason))
                .filter(
                    c -> last[0].getMetadata().getGeneration().equals(c.getObservedGeneration()))
                .isPresent();
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          "%s: %s is not %s/%s but %s"
              .formatted(
                  name, type, status, reason, client.getKubernetesSerialization().asYaml(last[0])),
          e);
    }
    return last[0];
  }

  List<Event> events(String name) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(e -> name.equals(e.getInvolvedObject().getName()))
        .toList();
  }

  DaemonSet agents() {
    return client.apps().daemonSets().inNamespace("kernelx-system").withName("kernelx-agent").get();
  }
}

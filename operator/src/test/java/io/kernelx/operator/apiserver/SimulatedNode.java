// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.apiserver;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildRefusal;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.BuildReportSpec;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.BuiltValue;
import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.StalledTask;
import io.kernelx.api.v1alpha1.NodeTuningStatus.Transition;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TransitionOutcome;
import io.kernelx.api.v1alpha1.TuningAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A Node object and a thread that answers as its agent and builder would. What is "loaded" is kept
 * here, as a kernel keeps it, and a reboot empties it.
 */
public final class SimulatedNode implements AutoCloseable {

  private final KubernetesClient client;
  private final String name;
  private final String arch;
  private final String release;
  private final Map<String, String> labels;
  private final Map<String, NodeTunable> loaded = new ConcurrentHashMap<>();
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private volatile String bootId = "boot-1";
  private volatile boolean running = true;
  private volatile Function<NodeTunable, Optional<BuildRefusal>> agentRefuses =
      o -> Optional.empty();
  private volatile OptionalInt waitsFor = OptionalInt.empty();
  private volatile Function<String, Optional<BuildRefusal>> builderRefusesValue =
      v -> Optional.empty();
  private volatile Optional<BuildRefusal> builderRefuses = Optional.empty();

  /** Makes the Node, Ready, without an agent yet. */
  public SimulatedNode(
      KubernetesClient client,
      String name,
      String arch,
      String release,
      Map<String, String> labels) {
    this.client = client;
    this.name = name;
    this.arch = arch;
    this.release = release;
    this.labels = labels;
    writeNode(true);
  }

  /** Starts the agent. */
  public SimulatedNode withAgent() {
    informers.add(client.resources(NodeTuning.class).withName(name).inform(handler(this::answer)));
    informers.add(client.resources(KernelBuild.class).inform(handler(this::build)));
    return this;
  }

  /** The agent answers orders to apply that {@code refusal} says something about with Refused. */
  public SimulatedNode agentRefuses(Function<NodeTunable, Optional<BuildRefusal>> refusal) {
    this.agentRefuses = refusal;
    return this;
  }

  /** In transitions that wait, the agent waits for the task of this thread id, without an end. */
  public SimulatedNode agentWaits(int tid) {
    this.waitsFor = OptionalInt.of(tid);
    return this;
  }

  /** That task is through. */
  public void agentWaitsNoLonger() {
    waitsFor = OptionalInt.empty();
    agentReturns();
  }

  /** The builder refuses values. */
  public SimulatedNode builderRefusesValue(Function<String, Optional<BuildRefusal>> refusal) {
    this.builderRefusesValue = refusal;
    return this;
  }

  /** The builder refuses everything. */
  public SimulatedNode builderRefuses(BuildRefusal refusal) {
    this.builderRefuses = Optional.of(refusal);
    return this;
  }

  /** The node goes down: not Ready, and its agent silent. */
  public void down() {
    running = false;
    writeNode(false);
  }

  /** The node comes back without its agent, under a new boot-id. */
  public void rebootWithoutAgent() {
    loaded.clear();
    bootId = "boot-2";
    writeNode(true);
  }

  /** The node's agent answers again. */
  public void agentReturns() {
    running = true;
    NodeTuning tuning = client.resources(NodeTuning.class).withName(name).get();
    if (tuning != null) {
      answer(tuning);
    }
  }

  /** Returns the value that the kernel runs with, by constant. */
  public Map<String, String> values() {
    Map<String, String> values = new ConcurrentHashMap<>();
    loaded.values().forEach(order -> values.put(order.constant(), order.value()));
    return values;
  }

  private void writeNode(boolean ready) {
    Node node =
        new NodeBuilder().withNewMetadata().withName(name).withLabels(labels).endMetadata().build();
    client.resource(node).serverSideApply();
    node.setStatus(
        new NodeBuilder()
            .withNewStatus()
            .withNewNodeInfo()
            .withArchitecture(arch)
            .withBootID(bootId)
            .withKernelVersion(release)
            .withContainerRuntimeVersion("none")
            .withKubeProxyVersion("none")
            .withKubeletVersion("none")
            .withMachineID(name)
            .withOperatingSystem("linux")
            .withOsImage("none")
            .withSystemUUID(name)
            .endNodeInfo()
            .addNewCondition()
            .withType("Ready")
            .withStatus(ready ? "True" : "Unknown")
            .endCondition()
            .endStatus()
            .build()
            .getStatus());
    client.resource(node).subresource("status").patch(apply());
  }

  private static PatchContext apply() {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager("simulated-agent")
        .withForce(true)
        .build();
  }

  private synchronized void answer(NodeTuning tuning) {
    if (!running) {
      return;
    }
    List<TunableReport> reports = new ArrayList<>();
    for (NodeTunable order : tuning.getSpec().tunables()) {
      Optional<BuildRefusal> refusal =
          order.action() == TuningAction.APPLY ? agentRefuses.apply(order) : Optional.empty();
      if (refusal.isPresent()) {
        reports.add(report(order, NodeTunableState.REFUSED, refusal.get()));
      } else if (order.mode() != ConsistencyMode.IMMEDIATE && waitsFor.isPresent()) {
        reports.add(waits(order, waitsFor.getAsInt()));
      } else if (order.action() == TuningAction.APPLY) {
        loaded.put(order.uid(), order);
        reports.add(report(order, NodeTunableState.APPLIED, null));
      } else {
        loaded.remove(order.uid());
        reports.add(report(order, NodeTunableState.REVERTED, null));
      }
    }
    NodeTuning change = new NodeTuning();
    change.setMetadata(new ObjectMetaBuilder().withName(name).build());
    change.setStatus(
        new NodeTuningStatus(
            tuning.getMetadata().getGeneration(),
            bootId,
            new NodeTuningStatus.Kernel(
                release, Integer.toHexString(release.hashCode()), arch, "gcc 12.2.0", "none"),
            "simulated",
            List.of(),
            reports));
    client.resource(change).subresource("status").patch(apply());
  }

  private TunableReport report(NodeTunable order, NodeTunableState state, BuildRefusal refusal) {
    boolean applied = state == NodeTunableState.APPLIED;
    return new TunableReport(
        order.name(),
        order.uid(),
        order.constant(),
        order.revision(),
        state,
        bootId,
        applied ? order.value() : null,
        applied ? order.plan().digest() : null,
        refusal == null ? null : refusal.reason(),
        refusal == null ? null : refusal.message(),
        null,
        applied ? 1L : null,
        applied ? 0L : null,
        applied
            ? new Transition(order.mode(), null, "2.8ms", TransitionOutcome.COMPLETED, 0, List.of())
            : null);
  }

  private TunableReport waits(NodeTunable order, int tid) {
    boolean applies = order.action() == TuningAction.APPLY;
    return new TunableReport(
        order.name(),
        order.uid(),
        order.constant(),
        order.revision(),
        applies ? NodeTunableState.TRANSITIONING : NodeTunableState.REVERTING,
        bootId,
        null,
        null,
        "WaitingForTasks",
        "1 task must still come out of a safe span; inside: fio[%d] in blk_add_rq_to_plug."
            .formatted(tid),
        null,
        null,
        null,
        new Transition(
            order.mode(),
            "2026-11-23T06:00:00Z",
            null,
            null,
            1,
            List.of(new StalledTask(tid, "fio", "blk_add_rq_to_plug"))));
  }

  private synchronized void build(KernelBuild build) {
    if (!running || !build.getSpec().builders().contains(name)) {
      return;
    }
    BuildReport report = new BuildReport();
    report.setMetadata(
        new ObjectMetaBuilder().withName(build.getMetadata().getName() + "." + name).build());
    report.setSpec(new BuildReportSpec(build.getMetadata().getName(), name));
    client.resource(report).patch(apply());
    List<BuiltValue> values = new ArrayList<>();
    for (String value : build.getSpec().values()) {
      Optional<BuildRefusal> refusal = builderRefusesValue.apply(value);
      values.add(
          refusal
              .map(r -> new BuiltValue(value, value, null, null, r))
              .orElseGet(() -> new BuiltValue(value, value, "Closed", "sha256:" + value, null)));
    }
    String plan =
        "{\"sites\":[{\"writes\":[{\"expression\":\"V * 2\"}]}],\"values\":%s}"
            .formatted(build.getSpec().values());
    report.setSpec(null);
    report.setStatus(
        builderRefuses
            .map(
                r ->
                    new BuildReportStatus(
                        BuildPhase.REFUSED,
                        null,
                        null,
                        List.of(),
                        build.getSpec().values(),
                        "1s",
                        r))
            .orElseGet(
                () ->
                    new BuildReportStatus(
                        BuildPhase.BUILT,
                        plan,
                        "sha256:" + Integer.toHexString(plan.hashCode()),
                        values,
                        build.getSpec().values(),
                        "1s",
                        null)));
    client.resource(report).subresource("status").patch(apply());
  }

  private static <T> ResourceEventHandler<T> handler(java.util.function.Consumer<T> consumer) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        consumer.accept(added);
      }

      @Override
      public void onUpdate(T before, T after) {
        consumer.accept(after);
      }

      @Override
      public void onDelete(T deleted, boolean unknown) {}
    };
  }

  /** Takes the Node away, and its agent. */
  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
    client.nodes().withName(name).delete();
    client.resources(NodeTuning.class).withName(name).delete();
  }
}

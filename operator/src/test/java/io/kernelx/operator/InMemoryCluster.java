// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.operator.cluster.BuildWriter;
import io.kernelx.operator.cluster.StatusWriter;
import io.kernelx.operator.cluster.TuningWriter;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.NodeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A cluster of maps: what is written is what is there. */
public final class InMemoryCluster implements Fleet, TuningWriter, BuildWriter, StatusWriter {

  public final Map<String, NodeFacts> nodes = new TreeMap<>();
  public final Map<String, NodeTuning> tunings = new TreeMap<>();
  public final Map<String, KernelBuild> builds = new TreeMap<>();
  public final Map<String, KernelTunable> tunables = new TreeMap<>();
  public final List<TunableEvent> events = new ArrayList<>();
  public int statusWrites;

  @Override
  public List<NodeFacts> nodes() {
    return List.copyOf(nodes.values());
  }

  @Override
  public Optional<NodeFacts> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  @Override
  public List<KernelTunable> tunables() {
    return List.copyOf(tunables.values());
  }

  @Override
  public List<NodeTuning> tunings() {
    return List.copyOf(tunings.values());
  }

  @Override
  public Optional<NodeTuning> tuning(String node) {
    return Optional.ofNullable(tunings.get(node));
  }

  @Override
  public Optional<KernelBuild> build(String name) {
    return Optional.ofNullable(builds.get(name));
  }

  @Override
  public void create(NodeFacts node) {
    NodeTuning tuning = Fixtures.tuning(node.name(), List.of(), List.of());
    tuning.setStatus(null);
    tunings.put(node.name(), tuning);
  }

  @Override
  public void order(NodeTuning tuning, String uid, Optional<NodeTunable> order) {
    String name = tuning.getMetadata().getName();
    NodeTuning present = tunings.get(name);
    List<NodeTunable> orders = new ArrayList<>(present.getSpec().tunables());
    orders.removeIf(o -> o.uid().equals(uid));
    order.ifPresent(orders::add);
    long generation = present.getMetadata().getGeneration() + 1;
    NodeTuning changed =
        Fixtures.tuning(
            name,
            orders,
            present.getStatus() == null ? List.of() : present.getStatus().tunables(),
            generation,
            present.getStatus() == null ? null : present.getStatus().observedGeneration());
    if (present.getStatus() == null) {
      changed.setStatus(null);
    }
    tunings.put(name, changed);
  }

  @Override
  public void delete(NodeTuning tuning) {
    tunings.remove(tuning.getMetadata().getName());
  }

  @Override
  public void spec(String name, Optional<KernelBuild> existing, KernelBuildSpec spec) {
    KernelBuild build = new KernelBuild();
    build.setMetadata(new ObjectMetaBuilder().withName(name).build());
    build.setSpec(spec);
    existing.ifPresent(e -> build.setStatus(e.getStatus()));
    builds.put(name, build);
  }

  @Override
  public void delete(KernelBuild build) {
    builds.remove(build.getMetadata().getName());
  }

  @Override
  public void status(KernelBuild build, KernelBuildStatus status) {
    builds.get(build.getMetadata().getName()).setStatus(status);
  }

  @Override
  public void status(KernelTunable tunable, KernelTunableStatus status) {
    statusWrites++;
    tunables.get(tunable.getMetadata().getName()).setStatus(status);
  }

  @Override
  public void event(KernelTunable tunable, TunableEvent event) {
    events.add(event);
  }
}

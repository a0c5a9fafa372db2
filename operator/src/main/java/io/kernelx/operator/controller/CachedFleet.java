// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.operator.cluster.RecentWrites;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.NodeFacts;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The fleet, from the caches of the KernelTunable controller. There is nothing in it until that
 * controller has set them up, which is before it looks at any resource.
 */
public final class CachedFleet implements Fleet, RecentWrites {

  /**
   * The caches.
   *
   * @param tunables all KernelTunables
   * @param nodes all Nodes
   * @param tunings all NodeTunings
   * @param builds all KernelBuilds
   * @param agents the agents' DaemonSet
   */
  public record Caches(
      InformerEventSource<KernelTunable, KernelTunable> tunables,
      InformerEventSource<Node, KernelTunable> nodes,
      InformerEventSource<NodeTuning, KernelTunable> tunings,
      InformerEventSource<KernelBuild, KernelTunable> builds,
      InformerEventSource<DaemonSet, KernelTunable> agents) {}

  private volatile Optional<Caches> caches = Optional.empty();

  /** Sets the caches. */
  public void use(Caches set) {
    caches = Optional.of(set);
  }

  /** Returns whether every cache has seen what the API server has. */
  public boolean isComplete() {
    return caches
        .map(c -> Stream.of(c.tunables(), c.nodes(), c.tunings(), c.builds(), c.agents()))
        .map(all -> all.allMatch(source -> isComplete(source.informerHealthIndicators().values())))
        .orElse(false);
  }

  private static boolean isComplete(Collection<InformerHealthIndicator> informers) {
    return !informers.isEmpty() && informers.stream().allMatch(InformerHealthIndicator::hasSynced);
  }

  @Override
  public List<NodeFacts> nodes() {
    return caches
        .map(c -> c.nodes().list().map(NodeFacts::of))
        .map(nodes -> nodes.sorted(Comparator.comparing(NodeFacts::name)).toList())
        .orElse(List.of());
  }

  @Override
  public Optional<NodeFacts> node(String name) {
    return caches.flatMap(c -> c.nodes().get(new ResourceID(name))).map(NodeFacts::of);
  }

  @Override
  public List<KernelTunable> tunables() {
    return caches.map(c -> c.tunables().list().toList()).orElse(List.of());
  }

  @Override
  public List<NodeTuning> tunings() {
    return caches
        .map(c -> c.tunings().keys().flatMap(id -> c.tunings().get(id).stream()).toList())
        .orElse(List.of());
  }

  @Override
  public Optional<NodeTuning> tuning(String node) {
    return caches.flatMap(c -> c.tunings().get(new ResourceID(node)));
  }

  @Override
  public Optional<KernelBuild> build(String name) {
    return caches.flatMap(c -> c.builds().get(new ResourceID(name)));
  }

  /** Returns the agents' DaemonSet. */
  public Optional<DaemonSet> agents(String namespace, String name) {
    return caches.flatMap(c -> c.agents().get(new ResourceID(name, namespace)));
  }

  @Override
  public void wrote(HasMetadata written, HasMetadata before) {
    caches.ifPresent(
        c -> {
          switch (written) {
            case NodeTuning tuning -> remember(c.tunings(), tuning, (NodeTuning) before);
            case KernelBuild build -> remember(c.builds(), build, (KernelBuild) before);
            case DaemonSet agents -> remember(c.agents(), agents, (DaemonSet) before);
            default -> {}
          }
        });
  }

  private static <R extends HasMetadata> void remember(
      InformerEventSource<R, KernelTunable> source, R written, R before) {
    ResourceID id = ResourceID.fromResource(written);
    if (before == null) {
      source.handleRecentResourceCreate(id, written);
    } else {
      source.handleRecentResourceUpdate(id, written, before);
    }
  }
}

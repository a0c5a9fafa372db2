// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.Activation;
import io.kernelx.api.v1alpha1.ConditionType;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Observes through the caches. */
public final class FleetObserver implements Observer {

  private final Fleet fleet;

  public FleetObserver(Fleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public Observation observe(KernelTunable tunable, String constant) {
    String uid = tunable.getMetadata().getUid();
    Map<String, NodeTuning> tunings =
        fleet.tunings().stream()
            .collect(Collectors.toMap(t -> t.getMetadata().getName(), Function.identity()));
    List<KernelTunable> elders =
        fleet.tunables().stream()
            .filter(other -> !other.getMetadata().getUid().equals(uid))
            .filter(other -> other.getMetadata().getDeletionTimestamp() == null)
            .filter(other -> !constant.isEmpty() && constant.equals(constantOf(other)))
            .filter(other -> Seniority.older(other, tunable))
            .toList();
    List<Observation.Selected> selected = new ArrayList<>();
    List<ObservedNode> leftovers = new ArrayList<>();
    for (NodeFacts facts : fleet.nodes()) {
      ObservedNode node =
          new ObservedNode(
              facts.name(), Optional.of(facts), Optional.ofNullable(tunings.remove(facts.name())));
      if (Selectors.matches(tunable.getSpec().nodeSelector(), facts.labels())) {
        selected.add(
            new Observation.Selected(node, elderOn(node, elders), occupantOf(node, uid, constant)));
      } else if (node.order(uid).isPresent()) {
        leftovers.add(node);
      }
    }
    for (var orphan : tunings.entrySet()) {
      ObservedNode node =
          new ObservedNode(orphan.getKey(), Optional.empty(), Optional.of(orphan.getValue()));
      if (node.order(uid).isPresent()) {
        leftovers.add(node);
      }
    }
    selected.sort(Comparator.comparing(s -> s.node().name()));
    leftovers.sort(Comparator.comparing(ObservedNode::name));
    return new Observation(selected, leftovers);
  }

  private static Optional<String> elderOn(ObservedNode node, List<KernelTunable> elders) {
    return elders.stream()
        .filter(
            elder ->
                Selectors.matches(
                    elder.getSpec().nodeSelector(), node.facts().orElseThrow().labels()))
        .filter(elder -> isEnforced(elder) || node.order(elder.getMetadata().getUid()).isPresent())
        .map(elder -> elder.getMetadata().getName())
        .findFirst();
  }

  private static Optional<String> occupantOf(ObservedNode node, String uid, String constant) {
    return node.orders().stream()
        .filter(order -> order.constant().equals(constant) && !order.uid().equals(uid))
        .map(NodeTunable::name)
        .findFirst();
  }

  /** Returns whether a tunable will have its value applied, as far as it has been looked at. */
  private static boolean isEnforced(KernelTunable tunable) {
    if (tunable.getSpec().activation() == Activation.DRY_RUN) {
      return false;
    }
    var status = tunable.getStatus();
    return status == null
        || !tunable.getMetadata().getGeneration().equals(status.observedGeneration())
        || status.conditions().stream()
            .noneMatch(
                c ->
                    ConditionType.ACCEPTED.text().equals(c.getType())
                        && "False".equals(c.getStatus()));
  }

  /** Returns the constant that a tunable is about; empty until that is known. */
  public static String constantOf(KernelTunable tunable) {
    if (tunable.getSpec().constant() != null && tunable.getSpec().constant().name() != null) {
      return tunable.getSpec().constant().name();
    }
    String known = tunable.getStatus() == null ? null : tunable.getStatus().constant();
    return known == null ? "" : known;
  }
}

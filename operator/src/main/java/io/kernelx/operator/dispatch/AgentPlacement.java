// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirementBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.kernelx.api.v1alpha1.ConditionType;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.ObservedNode;
import io.kernelx.operator.observe.Selectors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides where agents run: a pure function of the fleet.
 *
 * <ol>
 *   <li>Every tunable's selector that matches an x86-64 node is one term, as long as the tunable is
 *       acted upon, or a node still has an order of it.
 *   <li>A node that has orders, and that no term matches, is named by itself: it is still to go
 *       back.
 *   <li>No term, no agents.
 * </ol>
 */
public final class AgentPlacement {

  private static final String ARCH = "kubernetes.io/arch";

  /**
   * Returns the terms, any of which a node must satisfy.
   *
   * @param gone the uid of a tunable that is about to be gone
   */
  public List<NodeSelectorTerm> terms(Fleet fleet, Optional<String> gone) {
    List<NodeFacts> nodes = fleet.nodes().stream().filter(NodeFacts::x86).toList();
    List<KernelTunable> placing =
        fleet.tunables().stream()
            .filter(tunable -> !gone.equals(Optional.of(tunable.getMetadata().getUid())))
            .filter(tunable -> matchesAny(tunable, nodes))
            .filter(tunable -> isActedUpon(tunable) || hasOrders(fleet, tunable))
            .sorted(Comparator.comparing(tunable -> tunable.getMetadata().getName()))
            .toList();
    Set<NodeSelectorTerm> terms = new LinkedHashSet<>();
    placing.forEach(tunable -> terms.add(term(tunable.getSpec().nodeSelector())));
    for (NodeFacts node : nodes) {
      boolean covered =
          placing.stream()
              .anyMatch(t -> Selectors.matches(t.getSpec().nodeSelector(), node.labels()));
      ObservedNode observed =
          new ObservedNode(node.name(), Optional.of(node), fleet.tuning(node.name()));
      if (!covered && !observed.orders().isEmpty()) {
        terms.add(
            new NodeSelectorTermBuilder()
                .withMatchFields(requirement("metadata.name", "In", List.of(node.name())))
                .build());
      }
    }
    return List.copyOf(terms);
  }

  private static boolean matchesAny(KernelTunable tunable, List<NodeFacts> nodes) {
    return nodes.stream()
        .anyMatch(node -> Selectors.matches(tunable.getSpec().nodeSelector(), node.labels()));
  }

  private static boolean isActedUpon(KernelTunable tunable) {
    return tunable.getMetadata().getDeletionTimestamp() == null
        && tunable.getStatus() != null
        && tunable.getStatus().conditions().stream()
            .anyMatch(
                c ->
                    ConditionType.ACCEPTED.text().equals(c.getType())
                        && "True".equals(c.getStatus()));
  }

  private static boolean hasOrders(Fleet fleet, KernelTunable tunable) {
    return fleet.tunings().stream()
        .filter(tuning -> tuning.getSpec() != null)
        .flatMap(tuning -> tuning.getSpec().tunables().stream())
        .anyMatch(order -> order.uid().equals(tunable.getMetadata().getUid()));
  }

  private static NodeSelectorTerm term(LabelSelector selector) {
    List<NodeSelectorRequirement> expressions = new ArrayList<>();
    expressions.add(requirement(ARCH, "In", List.of("amd64")));
    if (selector.getMatchLabels() != null) {
      new TreeMap<>(selector.getMatchLabels())
          .forEach((key, value) -> expressions.add(requirement(key, "In", List.of(value))));
    }
    if (selector.getMatchExpressions() != null) {
      selector
          .getMatchExpressions()
          .forEach(
              e ->
                  expressions.add(
                      requirement(
                          e.getKey(),
                          e.getOperator(),
                          e.getValues() == null ? List.of() : e.getValues())));
    }
    return new NodeSelectorTermBuilder().withMatchExpressions(expressions).build();
  }

  private static NodeSelectorRequirement requirement(
      String key, String operator, List<String> values) {
    return new NodeSelectorRequirementBuilder()
        .withKey(key)
        .withOperator(operator)
        .withValues(values)
        .build();
  }
}

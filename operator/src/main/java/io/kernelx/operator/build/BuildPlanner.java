// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.operator.observe.ObservedNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a KernelBuild must ask for: a pure function.
 *
 * <p>Values are only ever added, so that a value that was once proved can be gone back to at once.
 * The builders are the configured external ones, or, when there is none, one Ready node of the
 * kernel, which stays the builder until its work is done or it is no longer Ready.
 */
public final class BuildPlanner {

  private final List<String> externalBuilders;

  /**
   * @param externalBuilders names of builders outside of the nodes; empty to let nodes build
   */
  public BuildPlanner(List<String> externalBuilders) {
    this.externalBuilders = List.copyOf(externalBuilders);
  }

  /**
   * Returns the spec that the KernelBuild must have, or nothing when no builder can be named yet.
   *
   * @param target which plan
   * @param value the value it must hold, decimal
   * @param existing the KernelBuild as it is
   * @param nodes nodes of the target's kernel
   */
  public Optional<KernelBuildSpec> plan(
      BuildTarget target, String value, Optional<KernelBuild> existing, List<ObservedNode> nodes) {
    List<String> values = new ArrayList<>();
    existing.ifPresent(build -> values.addAll(build.getSpec().values()));
    if (!values.contains(value)) {
      values.add(value);
    }
    boolean done =
        existing
            .map(KernelBuild::getStatus)
            .filter(s -> s.phase() == BuildPhase.BUILT || s.phase() == BuildPhase.REFUSED)
            .filter(s -> s.phase() == BuildPhase.REFUSED || holds(existing.get(), value))
            .isPresent();
    List<String> builders = builders(existing, nodes, done);
    if (builders.isEmpty()) {
      return Optional.empty();
    }
    var reported = nodes.getFirst().status().orElseThrow().kernel();
    KernelBuildSpec.Kernel kernel =
        existing
            .map(build -> build.getSpec().kernel())
            .orElseGet(
                () ->
                    new KernelBuildSpec.Kernel(
                        reported.release(),
                        reported.buildId(),
                        reported.arch() == null ? "amd64" : reported.arch(),
                        reported.compiler()));
    return Optional.of(
        new KernelBuildSpec(
            kernel,
            target.definition().constant(),
            target.definition().text(),
            target.definition().digest(),
            target.plannerVersion(),
            values,
            builders));
  }

  private static boolean holds(KernelBuild build, String value) {
    return build.getStatus().values().stream().anyMatch(v -> value.equals(v.value()));
  }

  private List<String> builders(
      Optional<KernelBuild> existing, List<ObservedNode> nodes, boolean done) {
    if (!externalBuilders.isEmpty()) {
      return externalBuilders;
    }
    List<String> present = existing.map(build -> build.getSpec().builders()).orElse(List.of());
    boolean stands =
        !present.isEmpty()
            && (done
                || present.stream()
                    .anyMatch(
                        name -> nodes.stream().anyMatch(n -> n.name().equals(name) && ready(n))));
    if (stands) {
      return present;
    }
    Optional<String> chosen =
        nodes.stream()
            .filter(BuildPlanner::ready)
            .map(ObservedNode::name)
            .min(Comparator.naturalOrder());
    return chosen.map(List::of).orElse(present);
  }

  private static boolean ready(ObservedNode node) {
    return node.facts().map(facts -> facts.ready()).orElse(false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.FleetObserver;
import io.kernelx.operator.observe.KernelKey;
import java.util.stream.Stream;

/**
 * Says whether a KernelBuild is needed: a pure function of what the caches hold.
 *
 * <ol>
 *   <li>An order names it, whoever gave that.
 *   <li>Or: it is of this planner version, a node runs its kernel, and a tunable of its constant
 *       has its definition, now or as the last stable one. A tunable that has none yet, or is given
 *       another one just now, needs all builds of its constant.
 * </ol>
 */
public final class BuildUse {
  private final Fleet fleet;
  private final String plannerVersion;

  /**
   * @param plannerVersion the compiler that plans must come from
   */
  public BuildUse(Fleet fleet, String plannerVersion) {
    this.fleet = fleet;
    this.plannerVersion = plannerVersion;
  }

  /** Returns whether the KernelBuild is needed. */
  public boolean needs(KernelBuild build) {
    String name = build.getMetadata().getName();
    boolean ordered =
        fleet.tunings().stream()
            .filter(tuning -> tuning.getSpec() != null)
            .flatMap(tuning -> tuning.getSpec().tunables().stream())
            .anyMatch(order -> order.plan() != null && order.plan().name().equals(name));
    return ordered
        || (plannerVersion.equals(build.getSpec().plannerVersion())
            && runs(build.getSpec().kernel().release(), build.getSpec().kernel().buildId())
            && fleet.tunables().stream().anyMatch(tunable -> wants(tunable, build)));
  }

  private boolean runs(String release, String buildId) {
    return fleet.tunings().stream()
        .filter(tuning -> tuning.getStatus() != null)
        .flatMap(tuning -> KernelKey.of(tuning.getStatus()).stream())
        .anyMatch(new KernelKey(release, buildId)::equals);
  }

  private static boolean wants(KernelTunable tunable, KernelBuild build) {
    if (!build.getSpec().constant().equals(FleetObserver.constantOf(tunable))) {
      return false;
    }
    KernelTunableStatus status = tunable.getStatus();
    if (status == null
        || status.definition() == null
        || !tunable.getMetadata().getGeneration().equals(status.observedGeneration())) {
      return true;
    }
    Stream<String> stable = Stream.ofNullable(status.lastStable()).map(s -> s.definitionDigest());
    return Stream.concat(stable, Stream.of(status.definition().digest()))
        .anyMatch(build.getSpec().definitionDigest()::equals);
  }
}

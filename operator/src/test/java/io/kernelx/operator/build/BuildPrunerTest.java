// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import static io.kernelx.operator.Fixtures.CONSTANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.KernelTunableStatus.PinnedDefinition;
import io.kernelx.api.v1alpha1.KernelTunableStatus.StableRevision;
import io.kernelx.operator.Fixtures;
import io.kernelx.operator.InMemoryCluster;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BuildPrunerTest {
  private final InMemoryCluster cluster = new InMemoryCluster();
  private final BuildUse use = new BuildUse(cluster, "7");

  @BeforeEach
  void aNodeOfTheKernel() {
    cluster.tunings.put("one", Fixtures.tuning("one", List.of(), List.of()));
  }

  private static KernelBuild build(String kernel, String digest, String planner) {
    KernelBuild build = new KernelBuild();
    build.setMetadata(new ObjectMetaBuilder().withName("kb").withUid("kb-uid").build());
    build.setSpec(
        new KernelBuildSpec(
            new KernelBuildSpec.Kernel(kernel, "abc", "amd64", "gcc"),
            CONSTANT,
            "text",
            digest,
            planner,
            List.of("48"),
            List.of("one")));
    return build;
  }

  private void tunable(String digest, String stable, long observed) {
    KernelTunable tunable = Fixtures.tunable("48", "");
    tunable.setStatus(
        new KernelTunableStatus(
            observed,
            null,
            CONSTANT,
            1L,
            new PinnedDefinition(1L, digest, "text"),
            null,
            new StableRevision(1L, stable, "48", ConsistencyMode.IMMEDIATE),
            null,
            null,
            List.of(),
            List.of(),
            List.of(),
            null,
            List.of()));
    cluster.tunables.put("plug", tunable);
  }

  @Test
  void theDefinitionOfATunableAndItsLastStableOneAreNeeded() {
    tunable("now", "stable", 1);
    assertThat(use.needs(build("6.12", "now", "7"))).isTrue();
    assertThat(use.needs(build("6.12", "stable", "7"))).isTrue();
    assertThat(use.needs(build("6.12", "former", "7"))).isFalse();
  }

  @Test
  void kernelsAndPlannersThatAreNoMoreAreNot() {
    tunable("now", "stable", 1);
    assertThat(use.needs(build("6.1", "now", "7"))).isFalse();
    assertThat(use.needs(build("6.12", "now", "6"))).isFalse();
  }

  @Test
  void aTunableThatHasNotBeenLookedAtNeedsAll() {
    tunable("now", "stable", 0);
    assertThat(use.needs(build("6.12", "former", "7"))).isTrue();
    cluster.tunables.put("plug", Fixtures.tunable("48", ""));
    assertThat(use.needs(build("6.12", "former", "7"))).isTrue();
  }

  @Test
  void whatAnOrderNamesIsNeededAtAnyRate() {
    KernelBuild build = build("6.1", "former", "6");
    build.getMetadata().setName(Fixtures.PLAN.name());
    assertThat(use.needs(build)).isFalse();
    cluster.tunings.put("two", Fixtures.tuning("two", List.of(Fixtures.order(1, "48")), List.of()));
    assertThat(use.needs(build)).isTrue();
  }

  @Test
  void goesADayAfterItsLastUse() {
    Instant[] now = {Fixtures.NOW};
    BuildPruner pruner = new BuildPruner(use, new MovingClock(now));
    KernelBuild build = build("6.12", "now", "7");
    assertThat(pruner.mayGo(build)).isFalse();
    now[0] = now[0].plus(Duration.ofHours(23));
    assertThat(pruner.mayGo(build)).isFalse();
    tunable("now", "now", 1);
    assertThat(pruner.mayGo(build)).as("applied again").isFalse();
    cluster.tunables.clear();
    now[0] = now[0].plus(Duration.ofHours(2));
    assertThat(pruner.mayGo(build)).as("the day begins anew").isFalse();
    now[0] = now[0].plus(Duration.ofDays(1));
    assertThat(pruner.mayGo(build)).isTrue();
  }

  private static final class MovingClock extends Clock {
    private final Instant[] now;

    MovingClock(Instant[] now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now[0];
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }
  }
}

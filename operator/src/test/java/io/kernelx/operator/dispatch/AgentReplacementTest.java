// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentReplacementTest {

  @Test
  void aNewDaemonSetHasNothingToReplace() {
    assertThat(type(Optional.empty(), "a")).isEqualTo("OnDelete");
  }

  @Test
  void whereAgentsRunIsNoReasonToRestartThem() {
    assertThat(type(Optional.of(running("a", "OnDelete", 4, 4, 0)), "a")).isEqualTo("OnDelete");
  }

  @Test
  void agentsThatShallBeOthersAreReplacedATenthAtATime() {
    DaemonSet current = running("a", "OnDelete", 4, 4, 3);

    var strategy = AgentReplacement.strategy(Optional.of(current), "b");

    assertThat(strategy.getType()).isEqualTo("RollingUpdate");
    assertThat(strategy.getRollingUpdate().getMaxUnavailable().getStrVal()).isEqualTo("10%");
  }

  @Test
  void aReplacementThatIsNotFinishedGoesOn() {
    assertThat(type(Optional.of(running("b", "RollingUpdate", 5, 5, 2)), "b"))
        .isEqualTo("RollingUpdate");
  }

  @Test
  void aReplacementThatNobodyHasLookedAtYetGoesOn() {
    assertThat(type(Optional.of(running("b", "RollingUpdate", 5, 4, 3)), "b"))
        .isEqualTo("RollingUpdate");
  }

  @Test
  void aFinishedReplacementIsOver() {
    assertThat(type(Optional.of(running("b", "RollingUpdate", 5, 5, 3)), "b"))
        .isEqualTo("OnDelete");
  }

  @Test
  void aDaemonSetThatSaysNotWhatItsAgentsAreIsReplaced() {
    DaemonSet current = running("a", "RollingUpdate", 5, 5, 3);
    current.getMetadata().setAnnotations(null);

    assertThat(type(Optional.of(current), "a")).isEqualTo("RollingUpdate");
  }

  private static String type(Optional<DaemonSet> current, String agents) {
    return AgentReplacement.strategy(current, agents).getType();
  }

  /** A DaemonSet for three nodes. */
  private static DaemonSet running(
      String agents, String strategy, long generation, long observed, int updated) {
    return new DaemonSetBuilder()
        .withNewMetadata()
        .withName(AgentDaemonSet.NAME)
        .withGeneration(generation)
        .withAnnotations(Map.of(AgentReplacement.AGENTS_DIGEST, agents))
        .endMetadata()
        .withNewSpec()
        .withNewUpdateStrategy()
        .withType(strategy)
        .endUpdateStrategy()
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(observed)
        .withDesiredNumberScheduled(3)
        .withUpdatedNumberScheduled(updated)
        .endStatus()
        .build();
  }
}

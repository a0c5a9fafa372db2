// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import static io.kernelx.operator.Fixtures.BOOT;
import static io.kernelx.operator.Fixtures.UID;
import static io.kernelx.operator.Fixtures.facts;
import static io.kernelx.operator.Fixtures.order;
import static io.kernelx.operator.Fixtures.report;
import static io.kernelx.operator.Fixtures.tuning;
import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.operator.rollout.RolloutTarget;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObservedNodeTest {

  private static NodeTuning ordered(List<TunableReport> reports, Long generation, Long observed) {
    return tuning(
        "a", List.of(RolloutTarget.revert(order(1, "48"))), reports, generation, observed);
  }

  private static ObservedNode node(NodeTuning tuning) {
    return new ObservedNode("a", Optional.of(facts("a")), Optional.of(tuning));
  }

  @ParameterizedTest
  @EnumSource(NodeTunableState.class)
  void onlyTheAgentsWordCounts(NodeTunableState state) {
    ObservedNode node = node(ordered(List.of(report(1, state)), 1L, 1L));
    assertThat(node.reverted(UID)).isEqualTo(state == NodeTunableState.REVERTED);
  }

  @Test
  void aWordSpokenBeforeTheOrderDoesNotCount() {
    ObservedNode node = node(ordered(List.of(report(1, NodeTunableState.REVERTED)), 2L, 1L));
    assertThat(node.reverted(UID)).isFalse();
  }

  @Test
  void silenceCountsOnlyWhenTheAgentHasSeenTheOrder() {
    assertThat(node(ordered(List.of(), 2L, 2L)).reverted(UID)).isTrue();
    assertThat(node(ordered(List.of(), 2L, 1L)).reverted(UID)).isFalse();
    assertThat(node(ordered(List.of(), 2L, null)).reverted(UID)).isFalse();
  }

  @Test
  void aRebootTakesEverythingOutOfTheKernel() {
    ObservedNode node =
        node(ordered(List.of(report(1, NodeTunableState.APPLIED, "an earlier boot")), 2L, 1L));
    assertThat(node.reverted(UID)).isTrue();
  }

  @Test
  void aNodeThatIsGoneHasReverted() {
    ObservedNode gone =
        new ObservedNode(
            "a",
            Optional.empty(),
            Optional.of(ordered(List.of(report(1, NodeTunableState.APPLIED)), 1L, 1L)));
    assertThat(gone.reverted(UID)).isTrue();
  }

  @Test
  void aNodeThatIsDownHasNot() {
    NodeFacts down = new NodeFacts("a", "u", facts("a").labels(), "amd64", BOOT, false);
    ObservedNode node =
        new ObservedNode(
            "a",
            Optional.of(down),
            Optional.of(ordered(List.of(report(1, NodeTunableState.APPLIED)), 2L, 1L)));
    assertThat(node.reverted(UID)).isFalse();
  }
}

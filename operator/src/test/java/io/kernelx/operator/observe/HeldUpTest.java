// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import static io.kernelx.operator.Fixtures.BOOT;
import static io.kernelx.operator.Fixtures.CONSTANT;
import static io.kernelx.operator.Fixtures.UID;
import static io.kernelx.operator.Fixtures.node;
import static io.kernelx.operator.Fixtures.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeWait;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningStatus.StalledTask;
import io.kernelx.api.v1alpha1.NodeTuningStatus.Transition;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeldUpTest {
  private static final StalledTask FIO = new StalledTask(42, "fio", "blk_add_rq_to_plug");
  private static final Transition TRANSITION =
      new Transition(ConsistencyMode.PER_TASK, "2026-11-23T05:59:00Z", null, null, 3, List.of(FIO));

  private static Optional<HeldUp> of(
      NodeTunableState state, String boot, String reason, Transition transition) {
    TunableReport report =
        new TunableReport(
            "plug",
            UID,
            CONSTANT,
            1L,
            state,
            boot,
            null,
            null,
            reason,
            "3 tasks",
            null,
            null,
            null,
            transition);
    return HeldUp.of(node("a", List.of(order(1, "48")), List.of(report)), UID);
  }

  @Test
  void showsWhichTasksAndSinceWhen() {
    HeldUp held =
        of(NodeTunableState.TRANSITIONING, BOOT, "WaitingForTasks", TRANSITION).orElseThrow();
    assertThat(held.sentence()).isEqualTo("since 2026-11-23T05:59:00Z: 3 tasks");
    assertThat(held.shown())
        .isEqualTo(
            new NodeWait("a", ConsistencyMode.PER_TASK, "2026-11-23T05:59:00Z", 3, List.of(FIO)));
  }

  @Test
  void isSilentOfWhatTheAgentDoesNotSay() {
    assertThat(of(NodeTunableState.TRANSITIONING, BOOT, null, TRANSITION)).isEmpty();
    assertThat(of(NodeTunableState.TRANSITIONING, "earlier", "WaitingForTasks", TRANSITION))
        .isEmpty();
    HeldUp held = of(NodeTunableState.REVERTING, BOOT, "Stalled", null).orElseThrow();
    assertThat(held.sentence()).isEqualTo("3 tasks");
    assertThat(held.shown()).isEqualTo(new NodeWait("a", null, null, null, List.of()));
  }

  @ParameterizedTest
  @EnumSource(
      value = NodeTunableState.class,
      names = {"TRANSITIONING", "REVERTING"},
      mode = EnumSource.Mode.EXCLUDE)
  void onlyWhatIsUnderWayIsHeldUp(NodeTunableState state) {
    assertThat(of(state, BOOT, "Stalled", TRANSITION)).isEmpty();
  }
}

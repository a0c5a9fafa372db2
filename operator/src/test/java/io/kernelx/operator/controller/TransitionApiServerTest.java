// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeWait;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningStatus.StalledTask;
import io.kernelx.api.v1alpha1.OnStall;
import io.kernelx.api.v1alpha1.TunablePhase;
import io.kernelx.operator.apiserver.ApiServer;
import io.kernelx.operator.apiserver.SimulatedNode;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How transitions are to be made, and what is shown of those that take long. */
@Tag("cluster")
@ExtendWith(ApiServer.class)
class TransitionApiServerTest extends OperatorOnApiServer {

  TransitionApiServerTest(ApiServer.Access access) {
    super(access);
  }

  @Test
  void nodesAreToldHowATransitionIsToEnd() {
    node("one", "amd64", AMD64).withAgent();
    apply(
        "plug", plug("48").replace("mode: Immediate", "mode: PerTask, timeout: 5s, onStall: Keep"));
    await("plug", "Ready", "True", "RolledOut");
    assertThat(client.resources(NodeTuning.class).withName("one").get().getSpec().tunables())
        .singleElement()
        .satisfies(order -> assertThat(order.mode()).isEqualTo(ConsistencyMode.PER_TASK))
        .satisfies(order -> assertThat(order.timeout()).isEqualTo("5s"))
        .satisfies(order -> assertThat(order.onStall()).isEqualTo(OnStall.KEEP));
  }

  @Test
  void tasksThatHoldAChangeUpAreShownUntilTheyAreThrough() {
    SimulatedNode one = node("one", "amd64", AMD64).agentWaits(42).withAgent();
    apply("plug", plug("48").replace("mode: Immediate", "mode: Global, onStall: Keep"));
    KernelTunable waiting = await("plug", "Ready", "False", "WaitingForTasks");
    assertThat(condition(waiting, "Ready").orElseThrow().getMessage())
        .contains("on 0 of 1 node;", "since 2026-11-23T06:00:00Z", "fio[42] in blk_add_rq_to_plug");
    assertThat(condition(waiting, "Reconciling").orElseThrow().getStatus()).isEqualTo("True");
    assertThat(waiting.getStatus().nodes().transitioning()).isEqualTo(1);
    assertThat(waiting.getStatus().waiting())
        .containsExactly(
            new NodeWait(
                "one",
                ConsistencyMode.GLOBAL,
                "2026-11-23T06:00:00Z",
                1,
                List.of(new StalledTask(42, "fio", "blk_add_rq_to_plug"))));
    await("an event that names the task", () -> isTold("fio[42] in blk_add_rq_to_plug"));

    one.agentWaitsNoLonger();
    KernelTunable ready = await("plug", "Ready", "True", "RolledOut");
    assertThat(ready.getStatus().waiting()).isEmpty();
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "48");
  }

  @Test
  void aWayBackThatTasksHoldUpGoesOnInTheModeThatIsAskedForThen() {
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48").replace("mode: Immediate", "mode: PerTask, onStall: Keep"));
    await("plug", "Ready", "True", "RolledOut");
    one.agentWaits(43);
    client.resources(KernelTunable.class).withName("plug").delete();
    KernelTunable waiting = await("plug", "Ready", "False", "WaitingForTasks");
    assertThat(waiting.getStatus().phase()).isEqualTo(TunablePhase.TERMINATING);
    assertThat(condition(waiting, "Ready").orElseThrow().getMessage())
        .contains("going back", "mode Immediate", "fio[43] in blk_add_rq_to_plug");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "48");

    apply("plug", plug("48"));
    await("plug to be gone", () -> get("plug") == null);
    assertThat(one.values()).isEmpty();
  }

  private boolean isTold(String words) {
    return events("plug").stream()
        .anyMatch(e -> e.getReason().equals("WaitingForTasks") && e.getMessage().contains(words));
  }
}

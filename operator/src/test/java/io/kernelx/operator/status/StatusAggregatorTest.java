// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import static io.kernelx.operator.Fixtures.CONSTANT;
import static io.kernelx.operator.Fixtures.NOW;
import static io.kernelx.operator.Fixtures.UID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.Consistency;
import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeFailure;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeWait;
import io.kernelx.api.v1alpha1.NodeTuningStatus.StalledTask;
import io.kernelx.api.v1alpha1.NodeTuningStatus.Transition;
import io.kernelx.api.v1alpha1.TunablePhase;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.observe.HeldUp;
import io.kernelx.operator.observe.KernelKey;
import io.kernelx.operator.rollout.NodeStanding;
import io.kernelx.operator.rollout.RolloutPlan;
import io.kernelx.operator.rollout.RolloutPlan.Hold;
import io.kernelx.operator.rollout.RolloutTarget;
import io.kernelx.operator.rollout.Standing;
import io.kernelx.operator.validate.Validation.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusAggregatorTest {

  private static final KernelTunableStatus NOTHING =
      new KernelTunableStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  private final StatusAggregator aggregator = new StatusAggregator();

  private static NodeStanding standing(String node, Standing standing) {
    return standing(node, standing, "6.12", "2.8ms");
  }

  private static NodeStanding standing(
      String node, Standing standing, String kernel, String duration) {
    return new NodeStanding(
        node,
        standing,
        true,
        standing.failed() ? "Because" : "",
        standing.failed() ? "it is so" : "",
        standing == Standing.WAITING_FOR_AGENT
            ? Optional.empty()
            : Optional.of(new KernelKey(kernel, "abc")),
        Optional.ofNullable(duration));
  }

  private KernelTunableStatus of(
      KernelTunableStatus previous, Instant now, Hold hold, NodeStanding... standings) {
    return of(previous, now, hold, true, 0, List.of(), standings);
  }

  private KernelTunableStatus of(
      KernelTunableStatus previous,
      Instant now,
      Hold hold,
      boolean enforce,
      int reverting,
      List<HeldUp> heldUp,
      NodeStanding... standings) {
    Map<KernelKey, StatusInput.BuildView> builds =
        Arrays.stream(standings)
            .flatMap(s -> s.kernel().stream())
            .distinct()
            .collect(
                Collectors.toMap(
                    k -> k, k -> new StatusInput.BuildView("kb", BuildPhase.BUILT, "2 * V")));
    return aggregator.accepted(
        new StatusInput(
            3,
            previous,
            Definition.of(CONSTANT, "text"),
            new RolloutTarget(
                "plug",
                UID,
                2,
                CONSTANT,
                "48",
                new Consistency(ConsistencyMode.IMMEDIATE, null, null),
                enforce,
                List.of(),
                null),
            new RolloutPlan(List.of(), List.of(standings), reverting, heldUp, hold),
            builds,
            false,
            now));
  }

  private KernelTunableStatus of(NodeStanding... standings) {
    return of(NOTHING, NOW, Hold.NONE, standings);
  }

  private static Condition condition(KernelTunableStatus status, String type) {
    return status.conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static HeldUp heldUp(String node) {
    return new HeldUp(
        node,
        "1 task must still come out of a safe span; inside: fio[42] in blk_add_rq_to_plug.",
        Optional.of(
            new Transition(
                ConsistencyMode.GLOBAL,
                "2026-11-23T05:59:00Z",
                null,
                null,
                1,
                List.of(new StalledTask(42, "fio", "blk_add_rq_to_plug")))));
  }

  @Test
  void tasksThatHoldAChangeUpAreNamed() {
    KernelTunableStatus status =
        of(
            NOTHING,
            NOW,
            Hold.NONE,
            true,
            0,
            List.of(heldUp("a")),
            standing("a", Standing.TRANSITIONING),
            standing("b", Standing.APPLIED));
    assertThat(line(status)).isEqualTo("FTF");
    assertThat(condition(status, "Ready").getReason()).isEqualTo("WaitingForTasks");
    assertThat(condition(status, "Ready").getMessage())
        .isEqualTo(
            "BLK_MAX_REQUEST_COUNT = 48 on 1 of 2 nodes; tasks hold the change up; the first node,"
                + " since 2026-11-23T05:59:00Z: 1 task must still come out of a safe span; inside:"
                + " fio[42] in blk_add_rq_to_plug.");
    assertThat(status.waiting())
        .containsExactly(
            new NodeWait(
                "a",
                ConsistencyMode.GLOBAL,
                "2026-11-23T05:59:00Z",
                1,
                List.of(new StalledTask(42, "fio", "blk_add_rq_to_plug"))));
    assertThat(new EventPlanner().between(NOTHING, status))
        .anyMatch(
            event ->
                event.reason().equals("WaitingForTasks") && event.message().contains("fio[42]"));
    assertThat(of(status, NOW, Hold.NONE, standing("a", Standing.APPLIED)).waiting()).isEmpty();
  }

  @Test
  void tasksThatHoldUpTheWayBackOfANodeThatIsNoLongerSelectedAreNamed() {
    KernelTunableStatus status =
        of(
            NOTHING,
            NOW,
            Hold.NONE,
            true,
            1,
            List.of(heldUp("gone")),
            standing("a", Standing.PENDING));
    assertThat(condition(status, "Ready").getReason()).isEqualTo("RollingOut");
    assertThat(condition(status, "Reconciling").getReason()).isEqualTo("Reverting");
    assertThat(condition(status, "Reconciling").getMessage()).contains("fio[42]");
    assertThat(status.waiting()).hasSize(1);
  }

  private static String line(KernelTunableStatus status) {
    return status.conditions().stream()
        .filter(c -> List.of("Ready", "Reconciling", "Stalled").contains(c.getType()))
        .map(c -> c.getStatus().substring(0, 1))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource({
    "APPLIED, TFF, RolledOut, APPLIED",
    "PENDING, FTF, RollingOut, ROLLING_OUT",
    "TRANSITIONING, FTF, RollingOut, ROLLING_OUT",
    "BUILDING, FTF, Building, BUILDING",
    "WAITING_FOR_AGENT, FTF, WaitingForAgent, PENDING",
    "REFUSED, FFT, Because, REFUSED",
    "CONFLICT, FFT, Conflict, DEGRADED",
    "FAILED, FFT, NodesFailed, DEGRADED",
    "QUARANTINED, FFT, Quarantined, DEGRADED",
    "DRIFTED, FTF, Drifted, DEGRADED",
    "UNSUPPORTED, TFF, UnsupportedNodes, APPLIED"
  })
  void oneNodeDecides(Standing standing, String conditions, String reason, TunablePhase phase) {
    KernelTunableStatus status = of(standing("a", standing));
    assertThat(line(status)).isEqualTo(conditions);
    assertThat(condition(status, "Ready").getReason()).isEqualTo(reason);
    assertThat(status.phase()).isEqualTo(phase);
  }

  @Test
  void noNodeIsReady() {
    KernelTunableStatus status = of();
    assertThat(line(status)).isEqualTo("TFF");
    assertThat(condition(status, "Ready").getReason()).isEqualTo("NoMatchingNodes");
    assertThat(status.lastStable()).isNull();
  }

  @Test
  void goodAndBadNewsTogetherAreBadNewsThatGoesOn() {
    KernelTunableStatus status =
        of(
            standing("a", Standing.APPLIED),
            standing("b", Standing.FAILED),
            standing("c", Standing.TRANSITIONING));
    assertThat(line(status)).isEqualTo("FTF");
    assertThat(condition(status, "Ready").getReason()).isEqualTo("NodesFailed");
    assertThat(status.phase()).isEqualTo(TunablePhase.ROLLING_OUT);
    assertThat(condition(status, "Ready").getMessage()).startsWith("1 of 3 nodes failed");
  }

  @ParameterizedTest
  @CsvSource({"PAUSED, Paused, PAUSED", "FAILURES, RollingOut, DEGRADED"})
  void aHeldRolloutIsStalled(Hold hold, String reason, TunablePhase phase) {
    KernelTunableStatus status =
        of(NOTHING, NOW, hold, standing("a", Standing.APPLIED), standing("b", Standing.PENDING));
    assertThat(line(status)).isEqualTo("FFT");
    assertThat(condition(status, "Ready").getReason()).isEqualTo(reason);
    assertThat(status.phase()).isEqualTo(phase);
  }

  @Test
  void aDryRunIsReadyWhenItsPlansAreThere() {
    KernelTunableStatus status =
        of(NOTHING, NOW, Hold.NONE, false, 0, List.of(), standing("a", Standing.PENDING));
    assertThat(line(status)).isEqualTo("TFF");
    assertThat(status.phase()).isEqualTo(TunablePhase.PLANNED);
    assertThat(condition(status, "RolledOut").getStatus()).isEqualTo("False");
    assertThat(status.lastStable()).isNull();
  }

  @Test
  void nodesThatGoBackAreWorkUnderWay() {
    KernelTunableStatus status =
        of(NOTHING, NOW, Hold.NONE, true, 2, List.of(), standing("a", Standing.APPLIED));
    assertThat(line(status)).isEqualTo("TTF");
    assertThat(condition(status, "Reconciling").getReason()).isEqualTo("Reverting");
  }

  @Test
  void timesOfTransitionAreKeptUntilTheStatusFlips() {
    KernelTunableStatus first = of(standing("a", Standing.PENDING));
    Instant later = NOW.plusSeconds(60);
    KernelTunableStatus second = of(first, later, Hold.NONE, standing("a", Standing.TRANSITIONING));
    assertThat(condition(second, "Ready").getLastTransitionTime()).isEqualTo(NOW.toString());
    KernelTunableStatus third = of(second, later, Hold.NONE, standing("a", Standing.APPLIED));
    assertThat(condition(third, "Ready").getLastTransitionTime()).isEqualTo(later.toString());
    assertThat(of(third, later.plusSeconds(9), Hold.NONE, standing("a", Standing.APPLIED)))
        .as("nothing changed, nothing is written")
        .isEqualTo(third);
  }

  @Test
  void whatIsStableIsRemembered() {
    KernelTunableStatus stable = of(standing("a", Standing.APPLIED));
    assertThat(stable.lastStable().revision()).isEqualTo(2);
    assertThat(stable.lastStable().value()).isEqualTo("48");
    assertThat(of(stable, NOW, Hold.NONE, standing("a", Standing.FAILED)).lastStable())
        .isEqualTo(stable.lastStable());
  }

  @Test
  void listsAreBounded() {
    NodeStanding[] many =
        IntStream.range(0, 40)
            .mapToObj(i -> standing("n" + i, Standing.FAILED, "6." + i % 20, null))
            .toArray(NodeStanding[]::new);
    KernelTunableStatus status = of(many);
    assertThat(status.kernels()).hasSize(16);
    assertThat(status.kernelCount()).isEqualTo(20);
    assertThat(status.failures()).hasSize(10);
    assertThat(status.nodes().failed()).isEqualTo(40);
    assertThat(status.conditions())
        .allSatisfy(c -> assertThat(c.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void eachNodeIsCountedOnce() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      List<NodeStanding> standings = new ArrayList<>();
      for (int i = 0; i < random.nextInt(12); i++) {
        Standing[] all = Standing.values();
        standings.add(standing("n" + i, all[random.nextInt(all.length)]));
      }
      KernelTunableStatus status = of(standings.toArray(NodeStanding[]::new));
      var n = status.nodes();
      assertThat(
              n.pending()
                  + n.building()
                  + n.transitioning()
                  + n.applied()
                  + n.failed()
                  + n.drifted()
                  + n.unsupported())
          .isEqualTo(n.matched());
      boolean ready = "True".equals(condition(status, "Ready").getStatus());
      boolean stalled = "True".equals(condition(status, "Stalled").getStatus());
      boolean reconciling = "True".equals(condition(status, "Reconciling").getStatus());
      assertThat(List.of(ready, stalled, reconciling).stream().filter(b -> b))
          .as("exactly one of Ready, Stalled and Reconciling: %s", standings)
          .hasSize(1);
      assertThat(ready).isEqualTo(n.applied() == n.matched() - n.unsupported());
    }
  }

  @Test
  void quantilesAreOfAppliedNodes() {
    NodeStanding[] hundred =
        IntStream.rangeClosed(1, 100)
            .mapToObj(i -> standing("n" + i, Standing.APPLIED, "6.12", i + "ms"))
            .toArray(NodeStanding[]::new);
    var times = of(hundred).transition();
    assertThat(times.p50()).isEqualTo("50ms");
    assertThat(times.p99()).isEqualTo("99ms");
    assertThat(times.max()).isEqualTo("100ms");
  }

  @Test
  void aRejectedSpecKeepsWhatNodesHave() {
    KernelTunableStatus stable = of(standing("a", Standing.APPLIED));
    KernelTunableStatus rejected =
        aggregator.rejected(
            4,
            stable,
            new Rejected(CONSTANT, ConditionReason.NOT_YET_SUPPORTED, "not yet"),
            1,
            1,
            NOW);
    assertThat(line(rejected)).isEqualTo("FFT");
    assertThat(rejected.observedGeneration()).isEqualTo(4);
    assertThat(rejected.revision()).isEqualTo(2);
    assertThat(condition(rejected, "Accepted").getMessage())
        .isEqualTo("not yet; 1 node keeps what the former spec asked for");
  }

  @Test
  void aDeletionSaysWhatItWaitsFor() {
    NodeFailure failure = new NodeFailure("a", "Busy", "a task holds it");
    KernelTunableStatus going =
        aggregator.terminating(3, NOTHING, new Termination(2, 0, List.of(), List.of()), NOW);
    assertThat(condition(going, "Ready").getReason()).isEqualTo("Reverting");
    assertThat(line(going)).isEqualTo("FTF");
    KernelTunableStatus down =
        aggregator.terminating(3, NOTHING, new Termination(1, 1, List.of(), List.of()), NOW);
    assertThat(condition(down, "Ready").getReason()).isEqualTo("WaitingForNodes");
    assertThat(condition(down, "Ready").getMessage()).contains("force-delete");
    assertThat(line(down)).isEqualTo("FFT");
    KernelTunableStatus failed =
        aggregator.terminating(3, NOTHING, new Termination(1, 0, List.of(failure), List.of()), NOW);
    assertThat(condition(failed, "Ready").getReason()).isEqualTo("RevertFailed");
    assertThat(failed.failures()).containsExactly(failure);
    KernelTunableStatus held =
        aggregator.terminating(
            3, NOTHING, new Termination(1, 0, List.of(), List.of(heldUp("a"))), NOW);
    assertThat(condition(held, "Ready").getReason()).isEqualTo("WaitingForTasks");
    assertThat(condition(held, "Ready").getMessage()).contains("mode Immediate", "fio[42]");
    assertThat(held.waiting()).hasSize(1);
    assertThat(line(held)).isEqualTo("FTF");
    KernelTunableStatus mixed =
        aggregator.terminating(3, NOTHING, new Termination(3, 1, List.of(failure), List.of()), NOW);
    assertThat(line(mixed)).isEqualTo("FTF");
  }

  @ParameterizedTest
  @EnumSource(Standing.class)
  void phasesFollowTheStateMachine(Standing next) {
    for (Standing first : Standing.values()) {
      TunablePhase from = of(standing("a", first)).phase();
      TunablePhase to = of(standing("a", next)).phase();
      assertThat(from.canBecome(to)).as("%s -> %s", from, to).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"2.8ms, 2.8ms", "PT0.0028S, 2.8ms", "1m30s, 90s", "850us, 0.85ms", "1.5s, 1.5s"})
  void durationsAreReadAndWritten(String text, String shown) {
    assertThat(Durations.format(Durations.parse(text).orElseThrow())).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"''", "x", "5", "PTx", "5s!"})
  void whatIsNoDurationIsNone(String text) {
    assertThat(Durations.parse(text)).isEqualTo(Optional.<Duration>empty());
  }
}

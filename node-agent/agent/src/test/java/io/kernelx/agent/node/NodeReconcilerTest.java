// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.StalledTask;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TransitionOutcome;
import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeReconcilerTest {
  private static final TunablePlan PLAN =
      Samples.plan("BLK_MAX_REQUEST_COUNT", Samples.RELEASE, "4", "48");

  private final FakeRuntime runtime = new FakeRuntime();
  private final TickingClock clock = new TickingClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<NodeTuningStatus> written = new ArrayList<>();
  private Optional<String> build = Optional.of(PlanJson.write(PLAN));
  private boolean serverDown;
  private Instant bootedAt = Instant.parse("2025-12-31T00:00:00Z");
  private final List<Runnable> held = new ArrayList<>();
  private boolean hold;
  private final OrderThreads threads =
      new OrderThreads() {
        @Override
        public void news() {}

        @Override
        public void execute(Runnable work) {
          if (hold) {
            held.add(work);
          } else {
            work.run();
          }
        }
      };
  private NodeReconciler reconciler = newAgent();

  private NodeReconciler newAgent() {
    return new NodeReconciler(
        "1", runtime, name -> build, this::acknowledge, clock, bootedAt, threads);
  }

  private void acknowledge(NodeTuningStatus status) throws NotAcknowledgedException {
    if (serverDown) {
      throw new NotAcknowledgedException("The API server does not answer.", null);
    }
    if (state(status) == NodeTunableState.TRANSITIONING) {
      runtime.calls.add("acknowledged Transitioning");
    }
    written.add(status);
  }

  @Test
  void reportsTheKernelBeforeThereAreOrders() throws Exception {
    runtime.missing = List.of("There is no clang; install it.");
    reconciler.reconcile(Samples.tuning());
    NodeTuningStatus status = last();
    assertThat(status.bootId()).isEqualTo("boot-1");
    assertThat(status.kernel().release()).isEqualTo(Samples.RELEASE);
    assertThat(status.kernel().arch()).isEqualTo("amd64");
    assertThat(status.kernel().buildId()).isEqualTo("abcd");
    assertThat(status.observedGeneration()).isEqualTo(7);
    assertThat(status.problems()).containsExactly("There is no clang; install it.");
  }

  @Test
  void announcesBeforeItWritesToTheKernel() throws Exception {
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    assertThat(runtime.calls)
        .containsExactly("acknowledged Transitioning", "apply BLK_MAX_REQUEST_COUNT=48");
    TunableReport report = report();
    assertThat(report.state()).isEqualTo(NodeTunableState.APPLIED);
    assertThat(report.observedValue()).isEqualTo("48");
    assertThat(report.revision()).isEqualTo(3);
    assertThat(report.bootId()).isEqualTo("boot-1");
    assertThat(report.planDigest()).isEqualTo(PLAN.digest());
    assertThat(report.transition().duration()).isEqualTo("0.25ms");
    assertThat(report.transition().startedAt()).isEqualTo("2025-12-31T23:59:59.999750Z");
    assertThat(report.transition().pendingTasks()).isNull();
  }

  @Test
  void attachesNothingWhenTheAnnouncementIsNotAcknowledged() throws Exception {
    reconciler.reconcile(Samples.tuning());
    serverDown = true;
    assertThatThrownBy(
            () -> reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN))))
        .isInstanceOf(NotAcknowledgedException.class);
    assertThat(runtime.calls).isEmpty();
    serverDown = false;
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void changesTheValueAndReverts() throws Exception {
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 4, "4", PLAN)));
    assertThat(report().observedValue()).isEqualTo("4");
    assertThat(report().revision()).isEqualTo(4);
    reconciler.reconcile(Samples.tuning(Samples.revert("u", 5, "BLK_MAX_REQUEST_COUNT")));
    assertThat(report().state()).isEqualTo(NodeTunableState.REVERTED);
    assertThat(report().observedValue()).isNull();
    assertThat(runtime.kernel).isEmpty();
    assertThat(written.stream().map(NodeReconcilerTest::state))
        .contains(NodeTunableState.REVERTING);
  }

  @Test
  void aStalledTransitionNamesItsTasks() throws Exception {
    runtime.refusal =
        new RuntimeRefusedException(
            RuntimeRefusedException.Reason.STALLED,
            "Tasks stayed inside.",
            Samples.stalled(TransitionReport.State.REVERTED));
    NodeTunable order = Samples.apply("u", 3, "48", PLAN);
    reconciler.reconcile(Samples.tuning(Samples.in(order, ConsistencyMode.PER_TASK, "1m30s")));
    assertThat(runtime.manners)
        .containsExactly(new Manner(Mode.PER_TASK, 90_000, Manner.OnStall.REVERT));
    assertThat(report().state()).isEqualTo(NodeTunableState.FAILED);
    assertThat(report().reason()).isEqualTo("Stalled");
    assertThat(report().transition().mode()).isEqualTo(ConsistencyMode.PER_TASK);
    assertThat(report().transition().outcome()).isEqualTo(TransitionOutcome.REVERTED);
    assertThat(report().transition().pendingTasks()).isEqualTo(1);
    assertThat(report().transition().duration()).isEqualTo("5012.345ms");
    assertThat(report().transition().stalled())
        .containsExactly(new StalledTask(4242, "fio", "blk_add_rq_to_plug"));
  }

  @Test
  void aTransitionThatStillGoesBackHasNotEnded() throws Exception {
    runtime.refusal =
        new RuntimeRefusedException(
            RuntimeRefusedException.Reason.STALLED,
            "Tasks are still going back.",
            Samples.stalled(TransitionReport.State.REVERTING));
    NodeTunable order = Samples.apply("u", 3, "48", PLAN);
    reconciler.reconcile(Samples.tuning(Samples.in(order, ConsistencyMode.PER_TASK, "5s")));
    assertThat(report().state()).isEqualTo(NodeTunableState.FAILED);
    assertThat(report().transition().outcome()).isNull();
    assertThat(report().transition().pendingTasks()).isEqualTo(1);
  }

  private static NodeTunable keeping(long revision, String value) {
    NodeTunable order = Samples.apply("u", revision, value, PLAN);
    return Samples.keeping(Samples.in(order, ConsistencyMode.PER_TASK, "1s"));
  }

  /** Lets what is held run; another pass is made each time that it tells something. */
  private void runHeld(NodeTuning tuning) {
    runtime.meanwhile =
        () -> {
          try {
            reconciler.reconcile(tuning);
            reconciler.reconcile(tuning);
          } catch (NotAcknowledgedException e) {
            throw new AssertionError(e);
          }
        };
    List<Runnable> work = List.copyOf(held);
    held.clear();
    work.forEach(Runnable::run);
    runtime.meanwhile = () -> {};
  }

  @Test
  void tellsWhomALongTransitionWaitsForWhileItRuns() throws Exception {
    NodeTuning tuning = Samples.tuning(keeping(3, "48"));
    hold = true;
    reconciler.reconcile(tuning);
    int before = written.size();
    runtime.told = List.of(Samples.stalled(TransitionReport.State.RUNNING));
    runHeld(tuning);
    assertThat(runtime.manners)
        .containsExactly(new Manner(Mode.PER_TASK, 1000, Manner.OnStall.KEEP));
    assertThat(written).as("told once, not each time").hasSize(before + 1);
    assertThat(report().state()).isEqualTo(NodeTunableState.TRANSITIONING);
    assertThat(report().reason()).isEqualTo("WaitingForTasks");
    assertThat(report().message()).contains("1 task", "fio[4242] in blk_add_rq_to_plug");
    assertThat(report().transition().outcome()).isNull();
    assertThat(report().transition().pendingTasks()).isEqualTo(1);
    assertThat(report().transition().startedAt()).isEqualTo("2025-12-31T23:59:54.987655Z");
    assertThat(report().transition().stalled())
        .containsExactly(new StalledTask(4242, "fio", "blk_add_rq_to_plug"));
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void anOrderThatChangesCallsItsTransitionOff() throws Exception {
    hold = true;
    reconciler.reconcile(Samples.tuning(keeping(3, "48")));
    TransitionReport runs = Samples.stalled(TransitionReport.State.RUNNING);
    runtime.told = List.of(runs, runs, runs);
    NodeTuning changed = Samples.tuning(keeping(4, "4"));
    runHeld(changed);
    assertThat(runtime.kernel).isEmpty();
    runtime.told = List.of();
    hold = false;
    reconciler.reconcile(changed);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
    assertThat(report().observedValue()).isEqualTo("4");
    assertThat(written.stream().map(NodeReconcilerTest::state))
        .doesNotContain(NodeTunableState.FAILED);
  }

  @Test
  void anOrderThatIsRemovedCallsItsTransitionOff() throws Exception {
    hold = true;
    reconciler.reconcile(Samples.tuning(keeping(3, "48")));
    TransitionReport runs = Samples.stalled(TransitionReport.State.RUNNING);
    runtime.told = List.of(runs, runs);
    runHeld(Samples.tuning());
    reconciler.reconcile(Samples.tuning());
    assertThat(runtime.kernel).isEmpty();
    assertThat(last().tunables()).isEmpty();
  }

  @Test
  void anOrderThatKeepsTryingDoesNotFailWhileTasksGoBack() throws Exception {
    runtime.refusal =
        new RuntimeRefusedException(
            Reason.STALLED, "It goes back.", Samples.stalled(TransitionReport.State.REVERTING));
    NodeTuning tuning = Samples.tuning(keeping(3, "48"));
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.TRANSITIONING);
    assertThat(report().reason()).isEqualTo("Stalled");
    runtime.refusal = null;
    clock.advance(Attempts.FIRST.plusSeconds(1));
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void aTimeThatNoKernelCanWaitIsRefused() throws Exception {
    NodeTunable order = Samples.apply("u", 3, "48", PLAN);
    reconciler.reconcile(Samples.tuning(Samples.in(order, ConsistencyMode.GLOBAL, "25000h")));
    assertThat(report().state()).isEqualTo(NodeTunableState.REFUSED);
    assertThat(report().reason()).isEqualTo("InvalidRequest");
    assertThat(report().message()).contains("24 days");
    assertThat(runtime.calls).isEmpty();
  }

  @Test
  void revertsWhatWasNeverLoadedAtOnce() throws Exception {
    reconciler.reconcile(Samples.tuning(Samples.revert("u", 5, "BLK_MAX_REQUEST_COUNT")));
    assertThat(report().state()).isEqualTo(NodeTunableState.REVERTED);
    assertThat(runtime.calls).isEmpty();
  }

  @Test
  void aRestartedAgentFindsWhatIsLoadedAndTouchesNothing() throws Exception {
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    tuning.setStatus(last());
    runtime.calls.clear();
    int before = written.size();
    reconciler = newAgent();
    reconciler.reconcile(tuning);
    assertThat(runtime.calls).isEmpty();
    assertThat(written).hasSize(before);
  }

  @Test
  void anAgentThatDiedBetweenApplyAndReportOnlyReports() throws Exception {
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    tuning.setStatus(written.get(written.size() - 2));
    assertThat(state(tuning.getStatus())).isEqualTo(NodeTunableState.TRANSITIONING);
    runtime.calls.clear();
    reconciler = newAgent();
    reconciler.reconcile(tuning);
    assertThat(runtime.calls).isEmpty();
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void quarantinesWhatWasTransitioningWhenTheNodeWentDown() throws Exception {
    NodeTuning tuning = appliedThenRebooted(Duration.ofHours(5), true);
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.QUARANTINED);
    assertThat(report().message()).contains("while BLK_MAX_REQUEST_COUNT was being changed");
    assertThat(runtime.calls).isEmpty();
  }

  @Test
  void quarantinesWhatWasAppliedShortlyBeforeTheNodeWentDown() throws Exception {
    NodeTuning tuning = appliedThenRebooted(Duration.ofMinutes(9), false);
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.QUARANTINED);
    assertThat(runtime.calls).isEmpty();
    // It holds through further restarts and reboots, until the order changes.
    tuning.setStatus(last());
    runtime.reboot("boot-3");
    bootedAt = bootedAt.plus(Duration.ofDays(1));
    reconciler = newAgent();
    reconciler.reconcile(tuning);
    assertThat(runtime.calls).isEmpty();
    NodeTuning next = Samples.tuning(Samples.apply("u", 4, "48", PLAN));
    next.setStatus(tuning.getStatus());
    reconciler = newAgent();
    reconciler.reconcile(next);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void appliesAgainAfterAReboot() throws Exception {
    NodeTuning tuning = appliedThenRebooted(Duration.ofMinutes(11), false);
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
    assertThat(report().bootId()).isEqualTo("boot-2");
    assertThat(runtime.calls).contains("apply BLK_MAX_REQUEST_COUNT=48");
  }

  private NodeTuning appliedThenRebooted(Duration after, boolean midway) throws Exception {
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    tuning.setStatus(midway ? written.get(written.size() - 2) : last());
    bootedAt = clock.instant().plus(after);
    clock.advance(after.plusMinutes(30));
    runtime.reboot("boot-2");
    reconciler = newAgent();
    return tuning;
  }

  @Test
  void reportsDriftAndRepairsIt() throws Exception {
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    runtime.kernel.clear();
    written.clear();
    reconciler.reconcile(tuning);
    assertThat(written.stream().map(NodeReconcilerTest::state))
        .containsExactly(
            NodeTunableState.DRIFTED, NodeTunableState.TRANSITIONING, NodeTunableState.APPLIED);
    assertThat(written.getFirst().tunables().getFirst().message()).contains("no longer changed");
  }

  @Test
  void saysWhyTheRuntimeRefusedAndDoesNotTryAgain() throws Exception {
    runtime.refusal =
        new RuntimeRefusedException(
            Reason.LIVE_TEXT_MISMATCH, "blk_add_rq_to_plug differs at +0x2e.");
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.REFUSED);
    assertThat(report().reason()).isEqualTo("LiveTextMismatch");
    assertThat(report().message()).isEqualTo("blk_add_rq_to_plug differs at +0x2e.");
    runtime.calls.clear();
    clock.advance(Duration.ofHours(1));
    reconciler.reconcile(tuning);
    assertThat(runtime.calls).isEmpty();
  }

  @Test
  void aFaultOfTheRuntimeIsAFailureAndIsTriedAgain() throws Exception {
    runtime.fault = new IllegalStateException("an index is wrong");
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.FAILED);
    assertThat(report().reason()).isEqualTo("AgentFault");
    assertThat(report().message()).contains("an index is wrong");
    runtime.fault = null;
    clock.advance(Attempts.FIRST.plusSeconds(1));
    reconciler.reconcile(tuning);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void aFailedRevertIsTriedAgain() throws Exception {
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    runtime.refusal = new RuntimeRefusedException(Reason.STATE_UNREADABLE, "The pin is gone.");
    NodeTuning revert = Samples.tuning(Samples.revert("u", 4, "BLK_MAX_REQUEST_COUNT"));
    reconciler.reconcile(revert);
    assertThat(report().state()).isEqualTo(NodeTunableState.FAILED);
    runtime.refusal = null;
    reconciler.reconcile(revert);
    assertThat(report().state()).isEqualTo(NodeTunableState.FAILED);
    clock.advance(Attempts.FIRST.plusSeconds(1));
    reconciler.reconcile(revert);
    assertThat(report().state()).isEqualTo(NodeTunableState.REVERTED);
  }

  @Test
  void failsWithTheSentenceThatNamesWhatIsMissing() throws Exception {
    runtime.missing = List.of("There is no clang in this image; use the released one.");
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    assertThat(report().state()).isEqualTo(NodeTunableState.FAILED);
    assertThat(report().reason()).isEqualTo("MissingCapability");
    assertThat(report().message())
        .isEqualTo("There is no clang in this image; use the released one.");
    assertThat(runtime.calls).isEmpty();
    runtime.missing = List.of();
    clock.advance(NodeReconciler.FACTS_EVERY.plusSeconds(1));
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void waitsForAPlan() throws Exception {
    build = Optional.empty();
    NodeTunable order = Samples.apply("u", 3, "48", PLAN);
    reconciler.reconcile(Samples.tuning(order));
    assertThat(report().state()).isEqualTo(NodeTunableState.PENDING);
    assertThat(report().reason()).isEqualTo("PlanNotFound");
    build = Optional.of(PlanJson.write(PLAN));
    reconciler.reconcile(Samples.tuning(order));
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  @Test
  void refusesPlansThatAreNotWhatTheySay() throws Exception {
    build = Optional.of(PlanJson.write(PLAN).replace("\"48\"", "\"49\""));
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    assertThat(report().reason()).isEqualTo("InvalidPlan");
    assertThat(report().message()).contains("digest is wrong");

    TunablePlan other = Samples.plan("BLK_MAX_REQUEST_COUNT", "6.1.0-1-amd64", "48");
    build = Optional.of(PlanJson.write(other));
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 4, "48", other)));
    assertThat(report().reason()).isEqualTo("KernelMismatch");

    build = Optional.of(PlanJson.write(PLAN));
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 5, "49", PLAN)));
    assertThat(report().reason()).isEqualTo("ValueNotProved");

    TunablePlan newer = Samples.plan("BLK_MAX_REQUEST_COUNT", Samples.RELEASE, "4", "48", "49");
    build = Optional.of(PlanJson.write(newer));
    reconciler = newAgent();
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 6, "48", PLAN)));
    assertThat(report().state()).isEqualTo(NodeTunableState.PENDING);
    assertThat(report().reason()).isEqualTo("PlanChanged");
    assertThat(runtime.calls).isEmpty();
  }

  @Test
  void writesCountsSeldom() throws Exception {
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    int before = written.size();
    hits(100);
    reconciler.reconcile(tuning);
    assertThat(written).hasSize(before);
    clock.advance(NodeReconciler.COUNTS_EVERY.plusSeconds(1));
    reconciler.reconcile(tuning);
    assertThat(written).hasSize(before + 1);
    assertThat(report().hits()).isEqualTo(100);
  }

  private void hits(long n) {
    runtime.kernel.replaceAll(
        l ->
            Samples.loaded(
                l.owner(), l.constant(), l.observedValue(), l.revision(), l.planDigest(), n));
  }

  @Test
  void showsWhatWasLoadedByHandAndLeavesIt() throws Exception {
    runtime.kernel.add(Samples.loaded(ApplyRequest.CLI, "SHRINK_BATCH", "64", 0, "d", 0));
    reconciler.reconcile(Samples.tuning());
    assertThat(report().uid()).isEqualTo("cli:SHRINK_BATCH");
    assertThat(report().reason()).isEqualTo("LoadedByHand");
    assertThat(runtime.kernel).hasSize(1);
    assertThat(runtime.calls).isEmpty();
  }

  @Test
  void leavesWhatNoOrderSpeaksOf() throws Exception {
    reconciler.reconcile(Samples.tuning(Samples.apply("u", 3, "48", PLAN)));
    reconciler.reconcile(Samples.tuning());
    assertThat(report().reason()).isEqualTo("NoOrder");
    assertThat(report().observedValue()).isEqualTo("48");
    assertThat(runtime.kernel).hasSize(1);
  }

  @Test
  void reportsAllAgainWhenTheResourceWasMadeAnew() throws Exception {
    NodeTuning tuning = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    reconciler.reconcile(tuning);
    written.clear();
    NodeTuning anew = Samples.tuning(Samples.apply("u", 3, "48", PLAN));
    anew.getMetadata().setUid("another");
    reconciler.reconcile(anew);
    assertThat(report().state()).isEqualTo(NodeTunableState.APPLIED);
  }

  private NodeTuningStatus last() {
    return written.getLast();
  }

  private TunableReport report() {
    assertThat(last().tunables()).hasSize(1);
    return last().tunables().getFirst();
  }

  private static NodeTunableState state(NodeTuningStatus status) {
    return status.tunables().isEmpty() ? null : status.tunables().getFirst().state();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

import static io.kernelx.operator.Fixtures.BOOT;
import static io.kernelx.operator.Fixtures.CONSTANT;
import static io.kernelx.operator.Fixtures.PLAN;
import static io.kernelx.operator.Fixtures.UID;
import static io.kernelx.operator.Fixtures.node;
import static io.kernelx.operator.Fixtures.order;
import static io.kernelx.operator.Fixtures.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.Consistency;
import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningSpec.PlanRef;
import io.kernelx.api.v1alpha1.OnFailure;
import io.kernelx.api.v1alpha1.OnStall;
import io.kernelx.api.v1alpha1.Rollout;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.build.BuildVerdict;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.ObservedNode;
import io.kernelx.operator.rollout.RolloutInput.SelectedNode;
import io.kernelx.operator.rollout.RolloutPlan.Hold;
import io.kernelx.operator.rollout.RolloutPlan.OrderChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RolloutPlannerTest {

  private static final BuildVerdict READY = new BuildVerdict.Ready(PLAN);
  private static final BuildVerdict REFUSED =
      new BuildVerdict.Refused(BuildPhase.BUILT, "ValueOutOfRange", "64 is outside");

  private final RolloutPlanner planner = new RolloutPlanner();

  private static RolloutTarget target(long revision, Rollout rollout) {
    return target(revision, rollout, true, List.of());
  }

  private static RolloutTarget target(
      long revision, Rollout rollout, boolean enforce, List<String> kernels) {
    return new RolloutTarget(
        "plug",
        UID,
        revision,
        CONSTANT,
        "48",
        new Consistency(ConsistencyMode.IMMEDIATE, null, null),
        enforce,
        kernels,
        rollout);
  }

  private static SelectedNode selected(ObservedNode node) {
    return selected(node, READY);
  }

  private static SelectedNode selected(ObservedNode node, BuildVerdict verdict) {
    return new SelectedNode(node, Optional.empty(), Optional.empty(), Optional.of(verdict));
  }

  private RolloutPlan plan(RolloutTarget target, SelectedNode... nodes) {
    return planner.plan(new RolloutInput(target, List.of(nodes), List.of()));
  }

  private static ObservedNode fresh(String name) {
    return node(name, List.of(), List.of());
  }

  private static ObservedNode at(String name, long revision, NodeTunableState state) {
    return node(name, List.of(order(revision, "48")), List.of(report(revision, state)));
  }

  @Test
  void everyNodeIsToldWhenNothingLimits() {
    RolloutPlan plan = plan(target(1, null), selected(fresh("b")), selected(fresh("a")));
    assertThat(plan.changes()).extracting(OrderChange::node).containsExactly("a", "b");
    assertThat(plan.changes().getFirst().order()).contains(order(1, "48"));
    assertThat(plan.standings()).extracting(NodeStanding::standing).containsOnly(Standing.PENDING);
  }

  @Test
  void aNodeThatHasItsOrderIsNotToldAgain() {
    RolloutPlan plan = plan(target(1, null), selected(at("a", 1, NodeTunableState.APPLIED)));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.standings().getFirst().standing()).isEqualTo(Standing.APPLIED);
  }

  @Test
  void aNewDigestIsPassedOnWithoutCountingAsAChange() {
    Rollout paused = new Rollout(true, null, null, null, null);
    BuildVerdict other = new BuildVerdict.Ready(new PlanRef("plan", "sha256:2"));
    RolloutPlan plan =
        plan(target(1, paused), selected(at("a", 1, NodeTunableState.APPLIED), other));
    assertThat(plan.changes().getFirst().order().orElseThrow().plan().digest())
        .isEqualTo("sha256:2");
  }

  @Test
  void aRefusedValueKeepsTheFormerOrder() {
    RolloutPlan plan =
        plan(target(2, null), selected(at("a", 1, NodeTunableState.APPLIED), REFUSED));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.standings().getFirst())
        .satisfies(
            s -> {
              assertThat(s.standing()).isEqualTo(Standing.REFUSED);
              assertThat(s.reason()).isEqualTo("ValueOutOfRange");
              assertThat(s.message()).isEqualTo("64 is outside");
            });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 3", "10%, 1", "50%, 5", "100%, 10"})
  void onlySoManyNodesAreBetweenTwoValues(String maxUnavailable, int told) {
    SelectedNode[] nodes =
        IntStream.range(0, 10).mapToObj(i -> selected(fresh("n" + i))).toArray(SelectedNode[]::new);
    Rollout rollout = new Rollout(null, null, maxUnavailable, null, null);
    assertThat(plan(target(1, rollout), nodes).changes()).hasSize(told);
  }

  @Test
  void aNodeThatHasNotAnsweredUsesUpTheBudget() {
    Rollout one = new Rollout(null, null, "1", null, null);
    assertThat(
            plan(
                    target(1, one),
                    selected(at("a", 1, NodeTunableState.TRANSITIONING)),
                    selected(fresh("b")))
                .changes())
        .isEmpty();
    assertThat(
            plan(
                    target(1, one),
                    selected(at("a", 1, NodeTunableState.APPLIED)),
                    selected(fresh("b")))
                .changes())
        .extracting(OrderChange::node)
        .containsExactly("b");
  }

  @Test
  void nodesThatAreReadyGoFirst() {
    NodeFacts down = new NodeFacts("a", "u", Map.of(), "amd64", BOOT, false);
    ObservedNode a = new ObservedNode("a", Optional.of(down), fresh("a").tuning());
    Rollout one = new Rollout(null, null, "1", null, null);
    assertThat(plan(target(1, one), selected(a), selected(fresh("b"))).changes())
        .extracting(OrderChange::node)
        .containsExactly("b");
  }

  @Test
  void aFailureStopsFurtherNodesUnlessItIsTolerated() {
    SelectedNode failed = selected(at("a", 1, NodeTunableState.FAILED));
    RolloutPlan stopped = plan(target(1, null), failed, selected(fresh("b")));
    assertThat(stopped.changes()).isEmpty();
    assertThat(stopped.hold()).isEqualTo(Hold.FAILURES);
    Rollout tolerant = new Rollout(null, null, null, "1", OnFailure.PAUSE);
    assertThat(plan(target(1, tolerant), failed, selected(fresh("b"))).changes()).hasSize(1);
  }

  @Test
  void anotherRevisionIsTriedAfterAFailure() {
    RolloutPlan plan = plan(target(2, null), selected(at("a", 1, NodeTunableState.FAILED)));
    assertThat(plan.hold()).isEqualTo(Hold.NONE);
    assertThat(plan.changes().getFirst().order()).contains(order(2, "48"));
  }

  @Test
  void aPausedRolloutTellsNobodyMore() {
    Rollout paused = new Rollout(true, null, null, null, null);
    RolloutPlan plan = plan(target(1, paused), selected(fresh("a")));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.hold()).isEqualTo(Hold.PAUSED);
  }

  @Test
  void theYoungerOfTwoTunablesGoesBack() {
    SelectedNode loser =
        new SelectedNode(
            at("a", 1, NodeTunableState.APPLIED),
            Optional.of("elder"),
            Optional.empty(),
            Optional.of(READY));
    RolloutPlan plan = plan(target(1, null), loser);
    assertThat(plan.standings().getFirst().standing()).isEqualTo(Standing.CONFLICT);
    assertThat(plan.changes().getFirst().order().orElseThrow().action())
        .isEqualTo(TuningAction.REVERT);
  }

  @Test
  void aNodeOnWhichAnotherTunableIsStillLoadedWaits() {
    SelectedNode occupied =
        new SelectedNode(fresh("a"), Optional.empty(), Optional.of("younger"), Optional.of(READY));
    RolloutPlan plan = plan(target(1, null), occupied);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.standings().getFirst().message()).contains("younger");
  }

  @Test
  void aDryRunTellsNobodyAndTakesBackWhatIsThere() {
    RolloutTarget dry = target(1, null, false, List.of());
    assertThat(plan(dry, selected(fresh("a"))).changes()).isEmpty();
    assertThat(
            plan(dry, selected(at("a", 1, NodeTunableState.APPLIED)))
                .changes()
                .getFirst()
                .order()
                .orElseThrow()
                .action())
        .isEqualTo(TuningAction.REVERT);
  }

  @Test
  void aKernelThatIsNotListedIsLeftAlone() {
    RolloutPlan plan = plan(target(1, null, true, List.of("6.1")), selected(fresh("a")));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.standings().getFirst().standing()).isEqualTo(Standing.UNSUPPORTED);
    assertThat(plan(target(1, null, true, List.of("abc")), selected(fresh("a"))).changes())
        .hasSize(1);
  }

  @Test
  void aNodeThatIsNotX86IsLeftAlone() {
    NodeFacts arm = new NodeFacts("a", "u", Map.of(), "arm64", BOOT, true);
    RolloutPlan plan =
        plan(
            target(1, null),
            new SelectedNode(
                new ObservedNode("a", Optional.of(arm), Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    assertThat(plan.standings().getFirst().standing()).isEqualTo(Standing.UNSUPPORTED);
    assertThat(plan.changes()).isEmpty();
  }

  @Test
  void aLeftoverIsToldToRevertAndThenItsOrderIsRemoved() {
    ObservedNode applied = at("a", 1, NodeTunableState.APPLIED);
    RolloutPlan first =
        planner.plan(new RolloutInput(target(1, null), List.of(), List.of(applied)));
    var revert = first.changes().getFirst().order().orElseThrow();
    assertThat(revert.action()).isEqualTo(TuningAction.REVERT);
    assertThat(first.reverting()).isEqualTo(1);

    ObservedNode reverting =
        node("a", List.of(revert), List.of(report(1, NodeTunableState.REVERTING)));
    assertThat(RolloutPlanner.goBack(reverting, UID)).isEmpty();
    ObservedNode reverted =
        node("a", List.of(revert), List.of(report(1, NodeTunableState.REVERTED)));
    assertThat(RolloutPlanner.goBack(reverted, UID))
        .contains(new OrderChange("a", Optional.empty()));
  }

  @Test
  void theWayBackIsInTheMannerThatIsWantedNow() {
    var slow = new Consistency(ConsistencyMode.GLOBAL, "5s", OnStall.KEEP);
    var revert = RolloutTarget.revert(order(1, "48"), slow);
    ObservedNode stuck = node("a", List.of(revert), List.of(report(1, NodeTunableState.REVERTING)));
    assertThat(RolloutPlanner.goBack(stuck, UID, slow)).as("nothing new").isEmpty();
    RolloutPlan plan = planner.plan(new RolloutInput(target(1, null), List.of(), List.of(stuck)));
    assertThat(plan.changes().getFirst().order().orElseThrow())
        .satisfies(order -> assertThat(order.action()).isEqualTo(TuningAction.REVERT))
        .satisfies(order -> assertThat(order.mode()).isEqualTo(ConsistencyMode.IMMEDIATE))
        .satisfies(order -> assertThat(order.onStall()).isNull());

    ObservedNode back = node("a", List.of(revert), List.of(report(1, NodeTunableState.REVERTED)));
    assertThat(planner.plan(new RolloutInput(target(1, null), List.of(), List.of(back))).changes())
        .containsExactly(new OrderChange("a", Optional.empty()));
  }

  @Test
  void afterARebootNothingIsLoadedUntilTheAgentSaysSo() {
    ObservedNode before =
        node(
            "a",
            List.of(order(1, "48")),
            List.of(report(1, NodeTunableState.APPLIED, "an earlier boot")));
    assertThat(plan(target(1, null), selected(before)).standings().getFirst().standing())
        .isEqualTo(Standing.PENDING);

    NodeFacts rebooted = new NodeFacts("a", "u", Map.of(), "amd64", "boot-2", true);
    ObservedNode silent =
        new ObservedNode("a", Optional.of(rebooted), at("a", 1, NodeTunableState.APPLIED).tuning());
    RolloutPlan plan = plan(target(2, null), selected(silent));
    assertThat(plan.standings().getFirst().standing()).isEqualTo(Standing.WAITING_FOR_AGENT);
    assertThat(plan.changes()).as("the kernel may be another one now").isEmpty();
  }

  @Test
  void quarantineOutlivesTheRebootThatCausedIt() {
    ObservedNode quarantined =
        node(
            "a",
            List.of(order(1, "48")),
            List.of(report(1, NodeTunableState.QUARANTINED, "an earlier boot")));
    assertThat(plan(target(1, null), selected(quarantined)).standings().getFirst().standing())
        .isEqualTo(Standing.QUARANTINED);
  }

  @ParameterizedTest
  @EnumSource(NodeTunableState.class)
  void everyReportedStateHasAStanding(NodeTunableState state) {
    Standing standing =
        plan(target(1, null), selected(at("a", 1, state))).standings().getFirst().standing();
    assertThat(standing.failed()).isEqualTo(state.failed());
    assertThat(standing == Standing.APPLIED).isEqualTo(state == NodeTunableState.APPLIED);
  }

  @Test
  void aReportOnAnEarlierRevisionIsNoAnswer() {
    ObservedNode node =
        node("a", List.of(order(2, "48")), List.of(report(1, NodeTunableState.APPLIED)));
    assertThat(plan(target(2, null), selected(node)).standings().getFirst().standing())
        .isEqualTo(Standing.PENDING);
  }

  @Test
  void planningIsRepeatable() {
    SelectedNode[] nodes =
        IntStream.range(0, 20).mapToObj(i -> selected(fresh("n" + i))).toArray(SelectedNode[]::new);
    Rollout rollout = new Rollout(null, null, "25%", null, null);
    RolloutPlan once = plan(target(1, rollout), nodes);
    assertThat(plan(target(1, rollout), List.of(nodes).reversed().toArray(SelectedNode[]::new)))
        .isEqualTo(once);
  }
}

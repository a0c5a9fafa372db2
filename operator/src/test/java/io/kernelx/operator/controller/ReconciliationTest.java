// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import static io.kernelx.operator.Fixtures.BOOT;
import static io.kernelx.operator.Fixtures.CLOCK;
import static io.kernelx.operator.Fixtures.CONSTANT;
import static io.kernelx.operator.Fixtures.UID;
import static io.kernelx.operator.Fixtures.facts;
import static io.kernelx.operator.Fixtures.order;
import static io.kernelx.operator.Fixtures.report;
import static io.kernelx.operator.Fixtures.tunable;
import static io.kernelx.operator.Fixtures.tuning;
import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuiltValue;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.InMemoryCluster;
import io.kernelx.operator.build.BuildPlanner;
import io.kernelx.operator.cluster.StatusWriter.TunableEvent;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.dispatch.AgentPlacement;
import io.kernelx.operator.observe.FleetObserver;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.rollout.RolloutPlanner;
import io.kernelx.operator.rollout.RolloutTarget;
import io.kernelx.operator.status.EventPlanner;
import io.kernelx.operator.status.StatusAggregator;
import io.kernelx.operator.status.StatusRecorder;
import io.kernelx.operator.validate.Validation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The reconciliation with its real collaborators on a cluster of maps. */
class ReconciliationTest {

  private final InMemoryCluster cluster = new InMemoryCluster();
  private final StatusRecorder recorder = new StatusRecorder(cluster, new EventPlanner());
  private final StatusAggregator aggregator = new StatusAggregator();
  private final TunableReconciliation reconciliation =
      new TunableReconciliation(
          cluster,
          new FleetObserver(cluster),
          t -> new Validation.Accepted(Definition.of(CONSTANT, "text"), t.getSpec().value()),
          new BuildPlanner(List.of()),
          new RolloutPlanner(),
          cluster,
          cluster,
          aggregator,
          recorder,
          "1",
          CLOCK);
  private final TunableCleanup cleanup =
      new TunableCleanup(cluster, cluster, aggregator, recorder, CLOCK);

  private KernelTunable add(KernelTunable tunable) {
    cluster.tunables.put(tunable.getMetadata().getName(), tunable);
    return tunable;
  }

  private void node(String name, List<NodeTunable> orders, TunableReport... reports) {
    cluster.nodes.put(name, facts(name));
    cluster.tunings.put(name, tuning(name, orders, List.of(reports)));
  }

  private void built(String value) {
    cluster
        .builds
        .values()
        .forEach(
            b ->
                b.setStatus(
                    new KernelBuildStatus(
                        BuildPhase.BUILT,
                        "{}",
                        "sha256:1",
                        List.of(new BuiltValue(value, value, "Closed", "d", null)),
                        List.of("a"),
                        "1s",
                        null)));
  }

  private String ready(KernelTunable tunable) {
    return tunable.getStatus().conditions().stream()
        .filter(c -> c.getType().equals("Ready"))
        .map(c -> c.getStatus() + " " + c.getReason())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void fromNothingToAnOrder() {
    KernelTunable tunable = add(tunable("48", ""));
    cluster.nodes.put("a", facts("a"));
    reconciliation.reconcile(tunable);
    assertThat(cluster.tunings).containsOnlyKeys("a");
    assertThat(ready(tunable)).isEqualTo("False WaitingForAgent");
    assertThat(tunable.getStatus().observedGeneration()).isEqualTo(1);

    node("a", List.of());
    reconciliation.reconcile(tunable);
    assertThat(cluster.builds).hasSize(1);
    assertThat(ready(tunable)).isEqualTo("False Building");

    built("48");
    reconciliation.reconcile(tunable);
    NodeTunable order = cluster.tunings.get("a").getSpec().tunables().getFirst();
    assertThat(order.value()).isEqualTo("48");
    assertThat(order.action()).isEqualTo(TuningAction.APPLY);
    assertThat(ready(tunable)).isEqualTo("False RollingOut");

    node("a", List.of(order), report(1, NodeTunableState.APPLIED));
    reconciliation.reconcile(tunable);
    assertThat(ready(tunable)).isEqualTo("True RolledOut");
    assertThat(cluster.events)
        .extracting(TunableEvent::reason)
        .containsExactly(
            "Accepted", "WaitingForAgent", "Building", "RollingOut", "Built", "RolledOut");

    int writes = cluster.statusWrites;
    reconciliation.reconcile(tunable);
    assertThat(cluster.statusWrites).as("nothing new, nothing written").isEqualTo(writes);
  }

  @Test
  void theRevisionFollowsTheValueAndNotEveryChangeOfTheSpec() {
    KernelTunable tunable = add(tunable("48", ""));
    node("a", List.of());
    reconciliation.reconcile(tunable);
    assertThat(tunable.getStatus().revision()).isEqualTo(1);
    KernelTunable relabelled = tunable("48", "kernels: [\"6.12\"]");
    relabelled.getMetadata().setGeneration(2L);
    relabelled.setStatus(tunable.getStatus());
    add(relabelled);
    reconciliation.reconcile(relabelled);
    assertThat(relabelled.getStatus().revision()).isEqualTo(1);
    assertThat(relabelled.getStatus().observedGeneration()).isEqualTo(2);
    KernelTunable changed = tunable("49", "");
    changed.getMetadata().setGeneration(3L);
    changed.setStatus(relabelled.getStatus());
    add(changed);
    reconciliation.reconcile(changed);
    assertThat(changed.getStatus().revision()).isEqualTo(3);
  }

  @Test
  void aKernelOfAnEarlierBootGetsNoPlan() {
    KernelTunable tunable = add(tunable("48", ""));
    node("a", List.of());
    cluster.nodes.put("a", new NodeFacts("a", "u", Map.of(), "amd64", "boot-2", true));
    reconciliation.reconcile(tunable);
    assertThat(cluster.builds).isEmpty();
    assertThat(ready(tunable)).isEqualTo("False WaitingForAgent");
  }

  @Test
  void theYoungerLosesAndAnOlderThatIsOnlyLookedAtDoesNotWin() {
    KernelTunable younger = add(tunable("48", ""));
    add(tunable("older", "uid-0", "2026-11-23T04:00:00Z", "16", ""));
    node("a", List.of());
    reconciliation.reconcile(younger);
    assertThat(ready(younger)).isEqualTo("False Conflict");
    assertThat(cluster.builds).isEmpty();
    add(tunable("older", "uid-0", "2026-11-23T04:00:00Z", "16", "activation: DryRun"));
    reconciliation.reconcile(younger);
    assertThat(ready(younger)).isEqualTo("False Building");
  }

  @Test
  void deletionWaitsForEachNodeAndThenLetsGo() {
    KernelTunable tunable = add(tunable("48", ""));
    node("a", List.of(order(1, "48")), report(1, NodeTunableState.APPLIED));
    assertThat(cleanup.cleanup(tunable)).isFalse();
    NodeTunable revert = cluster.tunings.get("a").getSpec().tunables().getFirst();
    assertThat(revert.action()).isEqualTo(TuningAction.REVERT);
    assertThat(ready(tunable)).isEqualTo("False Reverting");
    assertThat(cleanup.cleanup(tunable)).as("the agent has not seen it").isFalse();
    node("a", List.of(revert), report(1, NodeTunableState.REVERTED));
    assertThat(cleanup.cleanup(tunable)).isTrue();
    assertThat(cluster.tunings.get("a").getSpec().tunables()).isEmpty();
  }

  @Test
  void deletionSaysWhichKindOfTroubleThereIs() {
    KernelTunable tunable = add(tunable("48", ""));
    node("a", List.of(RolloutTarget.revert(order(1, "48"))), report(1, NodeTunableState.FAILED));
    assertThat(cleanup.cleanup(tunable)).isFalse();
    assertThat(ready(tunable)).isEqualTo("False RevertFailed");
    cluster.nodes.put("a", new NodeFacts("a", "u", Map.of(), "amd64", BOOT, false));
    assertThat(cleanup.cleanup(tunable)).isFalse();
    assertThat(ready(tunable)).isEqualTo("False WaitingForNodes");
    tunable.getMetadata().setAnnotations(Map.of(KernelTunable.FORCE_DELETE, "true"));
    assertThat(cleanup.cleanup(tunable)).isTrue();
    assertThat(cluster.tunings.get("a").getSpec().tunables()).hasSize(1);
  }

  @Test
  void aNodeThatIsGoneHoldsNothingUp() {
    KernelTunable tunable = add(tunable("48", ""));
    node("a", List.of(order(1, "48")), report(1, NodeTunableState.APPLIED));
    cluster.nodes.clear();
    assertThat(cleanup.cleanup(tunable)).isTrue();
  }

  @Test
  void ordersOfTheDeadAreTakenBackAndThenTheNodeIsLeftAlone() {
    TuningUpkeep upkeep = new TuningUpkeep(cluster, cluster, uid -> false);
    node("a", List.of(order(1, "48")), report(1, NodeTunableState.APPLIED));
    assertThat(upkeep.reconcile(cluster.tunings.get("a"))).isEqualTo(TuningUpkeep.Outcome.CHANGED);
    NodeTunable revert = cluster.tunings.get("a").getSpec().tunables().getFirst();
    assertThat(revert.action()).isEqualTo(TuningAction.REVERT);
    node("a", List.of(revert), report(1, NodeTunableState.REVERTED));
    upkeep.reconcile(cluster.tunings.get("a"));
    assertThat(cluster.tunings.get("a").getSpec().tunables()).isEmpty();
    upkeep.reconcile(cluster.tunings.get("a"));
    assertThat(cluster.tunings).isEmpty();
  }

  @Test
  void whatIsInTheKernelWithoutAnOwnerIsTakenOut() {
    TuningUpkeep upkeep = new TuningUpkeep(cluster, cluster, uid -> false);
    node("a", List.of(), report(1, NodeTunableState.APPLIED));
    upkeep.reconcile(cluster.tunings.get("a"));
    assertThat(cluster.tunings.get("a").getSpec().tunables())
        .singleElement()
        .satisfies(o -> assertThat(o.action()).isEqualTo(TuningAction.REVERT));
  }

  @Test
  void whatWasLoadedByHandIsLeftAlone() {
    TuningUpkeep upkeep = new TuningUpkeep(cluster, cluster, uid -> false);
    add(tunable("48", ""));
    TunableReport byHand =
        new TunableReport(
            CONSTANT,
            "cli:" + CONSTANT,
            CONSTANT,
            0L,
            NodeTunableState.APPLIED,
            BOOT,
            "48",
            null,
            "LoadedByHand",
            null,
            null,
            null,
            null,
            null);
    node("a", List.of(), byHand);
    assertThat(upkeep.reconcile(cluster.tunings.get("a"))).isEqualTo(TuningUpkeep.Outcome.SETTLED);
    assertThat(cluster.tunings.get("a").getSpec().tunables()).isEmpty();
  }

  @Test
  void anEmptyCacheTakesNothingOffANode() {
    TuningUpkeep upkeep = new TuningUpkeep(cluster, cluster, uid -> true);
    node("a", List.of(order(1, "48")), report(1, NodeTunableState.APPLIED));
    assertThat(upkeep.reconcile(cluster.tunings.get("a"))).isEqualTo(TuningUpkeep.Outcome.SETTLED);
    assertThat(cluster.tunings.get("a").getSpec().tunables()).containsExactly(order(1, "48"));
  }

  @Test
  void agentsRunWhereTunablesAreAndWhereSomethingIsToGoBack() {
    AgentPlacement placement = new AgentPlacement();
    assertThat(placement.terms(cluster, Optional.empty())).isEmpty();
    KernelTunable tunable = add(tunable("48", ""));
    node("a", List.of());
    assertThat(placement.terms(cluster, Optional.empty())).as("not looked at yet").isEmpty();
    reconciliation.reconcile(tunable);
    assertThat(placement.terms(cluster, Optional.empty()))
        .singleElement()
        .satisfies(
            t ->
                assertThat(t.getMatchExpressions().getFirst().getKey())
                    .isEqualTo("kubernetes.io/arch"));
    assertThat(placement.terms(cluster, Optional.of(UID))).isEmpty();
    node("a", List.of(order(1, "48")));
    assertThat(placement.terms(cluster, Optional.of(UID)))
        .singleElement()
        .satisfies(t -> assertThat(t.getMatchFields().getFirst().getValues()).containsExactly("a"));
  }
}

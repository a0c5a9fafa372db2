// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.kernelx.api.v1alpha1.Activation;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.KernelTunableStatus.Target;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.operator.build.BuildPlanner;
import io.kernelx.operator.build.BuildTarget;
import io.kernelx.operator.build.BuildVerdict;
import io.kernelx.operator.cluster.BuildWriter;
import io.kernelx.operator.cluster.TuningWriter;
import io.kernelx.operator.observe.Fleet;
import io.kernelx.operator.observe.FleetObserver;
import io.kernelx.operator.observe.KernelKey;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.Observation;
import io.kernelx.operator.observe.ObservedNode;
import io.kernelx.operator.observe.Observer;
import io.kernelx.operator.rollout.RolloutInput;
import io.kernelx.operator.rollout.RolloutPlan;
import io.kernelx.operator.rollout.RolloutPlanner;
import io.kernelx.operator.rollout.RolloutTarget;
import io.kernelx.operator.status.PlanSummary;
import io.kernelx.operator.status.StatusAggregator;
import io.kernelx.operator.status.StatusInput;
import io.kernelx.operator.status.StatusRecorder;
import io.kernelx.operator.validate.Validation;
import io.kernelx.operator.validate.Validator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reconciles one KernelTunable: observe, validate, reconcile, record.
 *
 * <ol>
 *   <li>A spec that cannot be acted upon changes nothing on any node; the status says why.
 *   <li>Every x86-64 node that matches gets a NodeTuning, so that its agent reports its kernel.
 *   <li>Every kernel so reported gets a KernelBuild that asks for the value.
 *   <li>The rollout planner decides which orders change; they are written.
 *   <li>What was seen before these writes makes the status. The writes come back as events.
 * </ol>
 */
public final class TunableReconciliation {

  private final Fleet fleet;
  private final Observer observer;
  private final Validator validator;
  private final BuildPlanner buildPlanner;
  private final RolloutPlanner rolloutPlanner;
  private final TuningWriter tunings;
  private final BuildWriter builds;
  private final StatusAggregator aggregator;
  private final StatusRecorder recorder;
  private final PlanSummary summary = new PlanSummary();
  private final String plannerVersion;
  private final Clock clock;

  /** Takes its collaborators; {@code plannerVersion} is the compiler that plans must come from. */
  public TunableReconciliation(
      Fleet fleet,
      Observer observer,
      Validator validator,
      BuildPlanner buildPlanner,
      RolloutPlanner rolloutPlanner,
      TuningWriter tunings,
      BuildWriter builds,
      StatusAggregator aggregator,
      StatusRecorder recorder,
      String plannerVersion,
      Clock clock) {
    this.fleet = fleet;
    this.observer = observer;
    this.validator = validator;
    this.buildPlanner = buildPlanner;
    this.rolloutPlanner = rolloutPlanner;
    this.tunings = tunings;
    this.builds = builds;
    this.aggregator = aggregator;
    this.recorder = recorder;
    this.plannerVersion = plannerVersion;
    this.clock = clock;
  }

  /** Takes one step, and records where the tunable stands. */
  public void reconcile(KernelTunable tunable) {
    KernelTunableStatus previous = recorder.previous(tunable);
    KernelTunableStatus status =
        switch (validator.validate(tunable)) {
          case Validation.Rejected rejected -> rejected(tunable, previous, rejected);
          case Validation.Accepted accepted -> accepted(tunable, previous, accepted);
        };
    recorder.record(tunable, status);
  }

  private KernelTunableStatus rejected(
      KernelTunable tunable, KernelTunableStatus previous, Validation.Rejected rejected) {
    int matched = 0;
    int holding = 0;
    if (tunable.getSpec().nodeSelector() != null) {
      Observation seen = observer.observe(tunable, FleetObserver.constantOf(tunable));
      matched = seen.selected().size();
      holding = seen.holding(tunable.getMetadata().getUid());
    }
    return aggregator.rejected(
        tunable.getMetadata().getGeneration(),
        previous,
        rejected,
        matched,
        holding,
        clock.instant());
  }

  private KernelTunableStatus accepted(
      KernelTunable tunable, KernelTunableStatus previous, Validation.Accepted accepted) {
    String constant = accepted.definition().constant();
    Observation seen = observer.observe(tunable, constant);
    RolloutTarget target = target(tunable, previous, accepted);
    createTunings(seen);
    Map<KernelKey, List<ObservedNode>> kernels = kernels(seen, target);
    Map<KernelKey, BuildVerdict> verdicts = new TreeMap<>();
    Map<KernelKey, StatusInput.BuildView> views = new TreeMap<>();
    kernels.forEach(
        (kernel, nodes) -> {
          BuildTarget needed = new BuildTarget(kernel, accepted.definition(), plannerVersion);
          Optional<KernelBuild> build = fleet.build(needed.name());
          buildPlanner
              .plan(needed, accepted.value(), build, nodes)
              .filter(spec -> build.isEmpty() || !build.get().getSpec().equals(spec))
              .ifPresent(spec -> builds.spec(needed.name(), build, spec));
          BuildVerdict verdict = BuildVerdict.of(build, accepted.value());
          verdicts.put(kernel, verdict);
          views.put(kernel, view(needed, build, verdict));
        });
    RolloutPlan plan =
        rolloutPlanner.plan(
            new RolloutInput(
                target,
                seen.selected().stream().map(node -> selected(node, verdicts)).toList(),
                seen.leftovers()));
    plan.changes()
        .forEach(
            change ->
                fleet
                    .tuning(change.node())
                    .ifPresent(
                        tuning ->
                            tunings.order(tuning, tunable.getMetadata().getUid(), change.order())));
    return aggregator.accepted(
        new StatusInput(
            tunable.getMetadata().getGeneration(),
            previous,
            accepted.definition(),
            target,
            plan,
            views,
            holdsFormerValue(seen, target),
            clock.instant()));
  }

  private StatusInput.BuildView view(
      BuildTarget needed, Optional<KernelBuild> build, BuildVerdict verdict) {
    String expression =
        build
            .map(KernelBuild::getStatus)
            .map(status -> summary.expression(status.plan()))
            .orElse(null);
    return new StatusInput.BuildView(needed.name(), verdict.phase(), expression);
  }

  private static RolloutInput.SelectedNode selected(
      Observation.Selected selected, Map<KernelKey, BuildVerdict> verdicts) {
    return new RolloutInput.SelectedNode(
        selected.node(),
        selected.olderTunable(),
        selected.occupiedBy(),
        selected.node().kernel().map(verdicts::get));
  }

  private void createTunings(Observation seen) {
    seen.selected().stream()
        .map(Observation.Selected::node)
        .filter(node -> node.tuning().isEmpty())
        .flatMap(node -> node.facts().stream())
        .filter(NodeFacts::x86)
        .forEach(tunings::create);
  }

  /** Returns the kernels that need a plan, each with its nodes. */
  private static Map<KernelKey, List<ObservedNode>> kernels(
      Observation seen, RolloutTarget target) {
    Map<KernelKey, List<ObservedNode>> kernels = new TreeMap<>();
    for (Observation.Selected selected : seen.selected()) {
      ObservedNode node = selected.node();
      if (selected.olderTunable().isPresent()
          || !node.facts().map(NodeFacts::x86).orElse(false)
          || node.reportIsOfAnEarlierBoot()) {
        continue;
      }
      node.kernel()
          .filter(target::allows)
          .ifPresent(kernel -> kernels.computeIfAbsent(kernel, k -> new ArrayList<>()).add(node));
    }
    return kernels;
  }

  private static boolean holdsFormerValue(Observation seen, RolloutTarget target) {
    return seen.selected().stream()
        .flatMap(selected -> selected.node().order(target.uid()).stream())
        .map(NodeTunable::revision)
        .anyMatch(revision -> revision != target.revision());
  }

  /** The revision is the generation at which definition, value or mode last changed. */
  private static RolloutTarget target(
      KernelTunable tunable, KernelTunableStatus previous, Validation.Accepted accepted) {
    var spec = tunable.getSpec();
    Target wanted = new Target(accepted.value(), spec.consistency().mode());
    boolean same =
        previous.revision() != null
            && previous.definition() != null
            && accepted.definition().digest().equals(previous.definition().digest())
            && wanted.equals(previous.target());
    return new RolloutTarget(
        tunable.getMetadata().getName(),
        tunable.getMetadata().getUid(),
        same ? previous.revision() : tunable.getMetadata().getGeneration(),
        accepted.definition().constant(),
        accepted.value(),
        spec.consistency(),
        spec.activation() != Activation.DRY_RUN,
        spec.kernels(),
        spec.rollout());
  }
}

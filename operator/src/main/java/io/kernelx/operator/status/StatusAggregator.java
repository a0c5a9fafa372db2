// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.ConditionType;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.KernelTunableStatus.KernelSummary;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeCounts;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeFailure;
import io.kernelx.api.v1alpha1.KernelTunableStatus.NodeWait;
import io.kernelx.api.v1alpha1.KernelTunableStatus.PinnedDefinition;
import io.kernelx.api.v1alpha1.KernelTunableStatus.StableRevision;
import io.kernelx.api.v1alpha1.KernelTunableStatus.Target;
import io.kernelx.api.v1alpha1.KernelTunableStatus.TransitionTimes;
import io.kernelx.api.v1alpha1.TunablePhase;
import io.kernelx.operator.observe.HeldUp;
import io.kernelx.operator.observe.KernelKey;
import io.kernelx.operator.rollout.NodeStanding;
import io.kernelx.operator.rollout.RolloutTarget;
import io.kernelx.operator.rollout.Standing;
import io.kernelx.operator.validate.Validation.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes a KernelTunable's status: pure functions of immutable inputs. */
public final class StatusAggregator {

  private static final int MAX_KERNELS = 16;
  private static final int MAX_NODES = 10;

  /** Returns the status of a tunable that is acted upon. */
  public KernelTunableStatus accepted(StatusInput input) {
    Tally tally = new Tally(input.plan().standings());
    Readiness readiness = new Readiness(input, tally);
    Verdict ready = readiness.ready();
    Verdict built = readiness.built();
    Verdict rolledOut = readiness.rolledOut(ready);
    boolean drifted = tally.any(Standing.DRIFTED);
    boolean stalled = !ready.holds() && !readiness.progresses();
    Verdict reconciling = readiness.reconciling(ready);
    RolloutTarget target = input.target();
    var conditions =
        new ConditionSet(input.previous().conditions(), input.generation(), input.now())
            .add(ConditionType.READY, ready.holds(), ready.reason(), ready.message())
            .add(
                ConditionType.RECONCILING,
                reconciling.holds(),
                reconciling.reason(),
                reconciling.message())
            .add(
                ConditionType.STALLED,
                stalled,
                stalled ? ready.reason() : ConditionReason.PROGRESSING.text(),
                stalled ? ready.message() : "nothing stands in the way")
            .add(ConditionType.ACCEPTED, true, ConditionReason.ACCEPTED, "the spec is acted upon")
            .add(ConditionType.BUILT, built.holds(), built.reason(), built.message())
            .add(
                ConditionType.ROLLED_OUT,
                rolledOut.holds(),
                rolledOut.reason(),
                rolledOut.message())
            .add(
                ConditionType.DRIFTED,
                drifted,
                readiness.drifted().reason(),
                readiness.drifted().message())
            .list();
    boolean stable = tally.tunable() > 0 && tally.of(Standing.APPLIED) == tally.tunable();
    return new KernelTunableStatus(
        input.generation(),
        readiness.phase(ready),
        target.constant(),
        target.revision(),
        new PinnedDefinition(
            input.generation(), input.definition().digest(), input.definition().text()),
        new Target(target.value(), target.consistency().mode()),
        stable
            ? new StableRevision(
                target.revision(),
                input.definition().digest(),
                target.value(),
                target.consistency().mode())
            : input.previous().lastStable(),
        tally.counts(),
        (int) kernels(input).count(),
        summaries(input),
        failures(input.plan().standings()),
        waiting(input.plan().heldUp()),
        times(input.plan().standings()),
        conditions);
  }

  /**
   * Returns the status of a tunable that cannot be acted upon. What nodes run already stays as it
   * is, and so does what the status says of it.
   *
   * @param matched how many nodes match
   * @param holding how many nodes have orders from an earlier generation
   */
  public KernelTunableStatus rejected(
      long generation,
      KernelTunableStatus previous,
      Rejected rejected,
      int matched,
      int holding,
      Instant now) {
    String message =
        holding == 0
            ? rejected.message()
            : "%s; %s what the former spec asked for"
                .formatted(
                    rejected.message(), holding == 1 ? "1 node keeps" : holding + " nodes keep");
    var conditions =
        new ConditionSet(previous.conditions(), generation, now)
            .add(ConditionType.READY, false, rejected.reason(), message)
            .add(
                ConditionType.RECONCILING,
                false,
                ConditionReason.SETTLED,
                "nothing is done until the spec is mended")
            .add(ConditionType.STALLED, true, rejected.reason(), message)
            .add(ConditionType.ACCEPTED, false, rejected.reason(), message)
            .list();
    return new KernelTunableStatus(
        generation,
        TunablePhase.REJECTED,
        rejected.constant().isEmpty() ? previous.constant() : rejected.constant(),
        previous.revision(),
        previous.definition(),
        previous.target(),
        previous.lastStable(),
        new NodeCounts(matched, 0, 0, 0, 0, 0, 0, 0),
        previous.kernelCount(),
        previous.kernels(),
        List.of(),
        List.of(),
        previous.transition(),
        conditions);
  }

  /** Returns the status of a tunable that is being deleted. */
  public KernelTunableStatus terminating(
      long generation, KernelTunableStatus previous, Termination termination, Instant now) {
    int left = termination.waiting();
    Verdict ready = termination.verdict();
    boolean stalled = left == termination.stuck();
    var conditions =
        new ConditionSet(previous.conditions(), generation, now)
            .add(ConditionType.READY, false, ready.reason(), ready.message())
            .add(ConditionType.RECONCILING, !stalled, ready.reason(), ready.message())
            .add(ConditionType.STALLED, stalled, ready.reason(), ready.message())
            .list();
    return new KernelTunableStatus(
        generation,
        TunablePhase.TERMINATING,
        previous.constant(),
        previous.revision(),
        previous.definition(),
        previous.target(),
        previous.lastStable(),
        new NodeCounts(
            left,
            left - termination.failures().size(),
            0,
            0,
            0,
            termination.failures().size(),
            0,
            0),
        previous.kernelCount(),
        previous.kernels(),
        termination.failures().stream().limit(MAX_NODES).toList(),
        waiting(termination.heldUp()),
        previous.transition(),
        conditions);
  }

  private static java.util.stream.Stream<KernelKey> kernels(StatusInput input) {
    return input.plan().standings().stream()
        .filter(s -> s.standing() != Standing.UNSUPPORTED)
        .flatMap(s -> s.kernel().stream())
        .distinct();
  }

  private static List<KernelSummary> summaries(StatusInput input) {
    Map<KernelKey, Integer> nodes = new TreeMap<>();
    input.plan().standings().stream()
        .filter(s -> s.standing() != Standing.UNSUPPORTED)
        .flatMap(s -> s.kernel().stream())
        .forEach(kernel -> nodes.merge(kernel, 1, Integer::sum));
    return nodes.entrySet().stream()
        .sorted(
            Map.Entry.<KernelKey, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MAX_KERNELS)
        .map(
            entry -> {
              var build = Optional.ofNullable(input.builds().get(entry.getKey()));
              return new KernelSummary(
                  entry.getKey().release(),
                  entry.getKey().buildId(),
                  entry.getValue(),
                  build.map(StatusInput.BuildView::name).orElse(null),
                  build.map(StatusInput.BuildView::phase).orElse(null),
                  build.map(StatusInput.BuildView::expression).orElse(null));
            })
        .toList();
  }

  private static List<NodeFailure> failures(List<NodeStanding> standings) {
    return standings.stream()
        .filter(s -> s.standing().failed())
        .limit(MAX_NODES)
        .map(s -> new NodeFailure(s.node(), s.reason(), s.message()))
        .toList();
  }

  private static List<NodeWait> waiting(List<HeldUp> heldUp) {
    return heldUp.stream().limit(MAX_NODES).map(HeldUp::shown).toList();
  }

  private static TransitionTimes times(List<NodeStanding> standings) {
    List<Duration> sorted =
        standings.stream()
            .filter(s -> s.standing() == Standing.APPLIED)
            .flatMap(s -> s.duration().flatMap(Durations::parse).stream())
            .sorted()
            .toList();
    if (sorted.isEmpty()) {
      return null;
    }
    return new TransitionTimes(
        Durations.format(quantile(sorted, 50)),
        Durations.format(quantile(sorted, 99)),
        Durations.format(sorted.getLast()));
  }

  private static Duration quantile(List<Duration> sorted, int percent) {
    return sorted.get((sorted.size() * percent + 99) / 100 - 1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import static io.kernelx.api.v1alpha1.NodeTunableState.APPLIED;
import static io.kernelx.api.v1alpha1.NodeTunableState.DRIFTED;
import static io.kernelx.api.v1alpha1.NodeTunableState.FAILED;
import static io.kernelx.api.v1alpha1.NodeTunableState.PENDING;
import static io.kernelx.api.v1alpha1.NodeTunableState.QUARANTINED;
import static io.kernelx.api.v1alpha1.NodeTunableState.REFUSED;
import static io.kernelx.api.v1alpha1.NodeTunableState.REVERTED;
import static io.kernelx.api.v1alpha1.NodeTunableState.REVERTING;
import static io.kernelx.api.v1alpha1.NodeTunableState.TRANSITIONING;

import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TransitionOutcome;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.sie.plan.TunablePlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Carries out one order.
 *
 * <p>To apply:
 *
 * <ol>
 *   <li>Quarantined at this revision, or failed at it in this process: nothing.
 *   <li>The kernel already runs the value of this revision: report Applied, with counts.
 *   <li>Applied at this revision by the last report, but the kernel says otherwise: report Drifted,
 *       then go on, which repairs it.
 *   <li>Find the plan and hold it against order and kernel; see that nothing is missing that
 *       loading needs.
 *   <li>Announce Transitioning with revision and boot-id; only when that is acknowledged:
 *   <li>apply, on a thread of its own, and report Applied with what the kernel then says, or the
 *       refusal. Passes in between tell which tasks are waited for, every ten seconds at most.
 * </ol>
 *
 * <p>An order that changes meanwhile calls that off, and is carried out when the kernel has gone
 * back.
 *
 * <p>To revert: nothing loaded is Reverted at once; otherwise announce Reverting, revert, report.
 * What failed is tried again, less and less often ({@link Attempts}).
 */
final class OrderStep {
  static final Duration TELL_EVERY = Duration.ofSeconds(10);

  private final NodeRuntime runtime;
  private final OrderedPlans plans;
  private final Clock clock;
  private final OrderThreads threads;

  /** What is being done with the kernel just now, by uid. */
  private final Map<String, Undertaking> undertakings = new HashMap<>();

  private final Attempts attempts;

  OrderStep(NodeRuntime runtime, OrderedPlans plans, Clock clock, OrderThreads threads) {
    this.runtime = runtime;
    this.plans = plans;
    this.clock = clock;
    this.threads = threads;
    this.attempts = new Attempts(clock);
  }

  /** Calls off what is under way for orders that are no longer there. */
  void keepOnly(List<NodeTunable> orders) {
    Set<String> uids = orders.stream().map(NodeTunable::uid).collect(Collectors.toSet());
    undertakings.entrySet().stream()
        .filter(u -> !uids.contains(u.getKey()))
        .forEach(u -> u.getValue().callOff());
    undertakings
        .entrySet()
        .removeIf(u -> !uids.contains(u.getKey()) && u.getValue().end().isPresent());
  }

  /** Takes a report and writes it; returns when it is acknowledged. */
  @FunctionalInterface
  interface Announcer {
    void announce(TunableReport report) throws NotAcknowledgedException;
  }

  void carryOut(NodeTunable order, KernelFacts facts, Optional<TunableReport> last, Announcer out)
      throws NotAcknowledgedException {
    try {
      Undertaking undertaking = undertakings.get(order.uid());
      if (undertaking != null && !settle(undertaking, order, facts, out)) {
        return;
      }
      if (order.action() == TuningAction.REVERT) {
        revert(order, facts, last.orElse(null), out);
      } else {
        apply(order, facts, last.orElse(null), out);
      }
    } catch (RuntimeRefusedException e) {
      out.announce(refused(order, facts, Optional.empty(), e).report());
    }
  }

  private void apply(NodeTunable order, KernelFacts facts, TunableReport last, Announcer out)
      throws NotAcknowledgedException, RuntimeRefusedException {
    boolean sameRevision = last != null && order.revision().equals(last.revision());
    if (sameRevision && last.state() == QUARANTINED) {
      return;
    }
    if (attempts.pause(order)) {
      return;
    }
    Optional<LoadedTunable> live = live(order);
    boolean thisBoot = last != null && facts.bootId().equals(last.bootId());
    if (live.isPresent() && runs(live.get(), order)) {
      attempts.succeeded(order);
      out.announce(draft(order, APPLIED, facts).seen(live).sinceOf(last).report());
      return;
    }
    if (sameRevision && thisBoot && last.state() == APPLIED) {
      out.announce(
          draft(order, DRIFTED, facts).seen(live).because("Drifted", drift(order, live)).report());
    }
    switch (plans.find(order, facts)) {
      case OrderedPlans.Answer.NotYet(String reason, String message) ->
          out.announce(
              draft(order, PENDING, facts)
                  .because(reason, message)
                  .seen(live)
                  .sinceOf(last)
                  .report());
      case OrderedPlans.Answer.Unfit(String reason, String message) -> {
        attempts.failed(order, false);
        out.announce(
            draft(order, REFUSED, facts)
                .because(reason, message)
                .seen(live)
                .sinceOf(last)
                .report());
      }
      case OrderedPlans.Answer.Found(TunablePlan plan) -> {
        if (live.isEmpty() && !facts.canLoad()) {
          out.announce(
              draft(order, FAILED, facts)
                  .because(
                      RuntimeRefusedException.Reason.MISSING_CAPABILITY.text(),
                      facts.missing().getFirst())
                  .sinceOf(last)
                  .report());
        } else {
          load(order, facts, plan, live, out);
        }
      }
    }
  }

  private void load(
      NodeTunable order,
      KernelFacts facts,
      TunablePlan plan,
      Optional<LoadedTunable> before,
      Announcer out)
      throws NotAcknowledgedException, RuntimeRefusedException {
    Manner manner = OrderManner.of(order);
    begin(
        order,
        facts,
        before,
        watch ->
            Optional.of(
                runtime.apply(
                    new ApplyRequest(
                        plan, order.value(), order.uid(), manner, order.revision(), watch))),
        out);
  }

  private void revert(NodeTunable order, KernelFacts facts, TunableReport last, Announcer out)
      throws NotAcknowledgedException, RuntimeRefusedException {
    Optional<LoadedTunable> live = live(order);
    if (live.isEmpty()) {
      attempts.succeeded(order);
      out.announce(draft(order, REVERTED, facts).sinceOf(last).report());
      return;
    }
    if (attempts.pause(order)) {
      return;
    }
    Manner manner = OrderManner.of(order);
    begin(
        order,
        facts,
        live,
        watch -> {
          runtime.revert(order.uid(), order.constant(), Optional.of(manner), watch);
          return Optional.empty();
        },
        out);
  }

  /** What an undertaking does with the kernel while it watches. */
  @FunctionalInterface
  private interface Change {
    Optional<LoadedTunable> make(Undertaking watch) throws RuntimeRefusedException;
  }

  private void begin(
      NodeTunable order,
      KernelFacts facts,
      Optional<LoadedTunable> before,
      Change change,
      Announcer out)
      throws NotAcknowledgedException {
    Instant now = clock.instant();
    out.announce(
        ReportDraft.of(order, underway(order), facts.bootId(), now)
            .seen(before)
            .transition(order, null)
            .report());
    Undertaking undertaking = new Undertaking(order, now, before, clock, threads::news);
    undertakings.put(order.uid(), undertaking);
    threads.execute(() -> undertaking.run(() -> change.make(undertaking)));
    if (undertaking.end().isPresent()) {
      settle(undertaking, order, facts, out);
    }
  }

  /** Looks at what is under way; returns whether the order may be carried out anew. */
  private boolean settle(
      Undertaking undertaking, NodeTunable order, KernelFacts facts, Announcer out)
      throws NotAcknowledgedException {
    boolean asked = undertaking.does(order);
    Optional<Undertaking.End> end = undertaking.end();
    if (end.isPresent()) {
      undertakings.remove(order.uid());
      if (asked) {
        out.announce(result(undertaking, end.get(), facts).told(undertaking.told()).report());
      }
      return !asked;
    }
    if (!asked) {
      undertaking.callOff();
    }
    Optional<Undertaking.Told> told = undertaking.worthTelling();
    if (told.isPresent()) {
      NodeTunable at = undertaking.order();
      out.announce(
          ReportDraft.of(at, underway(at), facts.bootId(), undertaking.announced())
              .seen(undertaking.before())
              .transition(at, null)
              .told(told)
              .because("WaitingForTasks", WaitingSentence.of(told.get().report()))
              .report());
    }
    return false;
  }

  private ReportDraft result(Undertaking undertaking, Undertaking.End end, KernelFacts facts) {
    NodeTunable order = undertaking.order();
    boolean reverts = order.action() == TuningAction.REVERT;
    return switch (end) {
      case Undertaking.End.Done(Optional<LoadedTunable> loaded) -> {
        attempts.succeeded(order);
        yield draft(order, reverts ? REVERTED : APPLIED, facts)
            .seen(loaded)
            .transition(order, TransitionOutcome.COMPLETED);
      }
      case Undertaking.End.Refused(RuntimeRefusedException why) ->
          refused(order, facts, undertaking.before(), why)
              .transition(order, TransitionOutcome.FAILED)
              .told(undertaking.told(), why.transition());
      case Undertaking.End.Fault(RuntimeException why) ->
          fault(order, facts, undertaking.before(), why)
              .transition(order, TransitionOutcome.FAILED);
    };
  }

  private static NodeTunableState underway(NodeTunable order) {
    return order.action() == TuningAction.REVERT ? REVERTING : TRANSITIONING;
  }

  private ReportDraft refused(
      NodeTunable order,
      KernelFacts facts,
      Optional<LoadedTunable> live,
      RuntimeRefusedException e) {
    boolean reverts = order.action() == TuningAction.REVERT;
    NodeTunableState state =
        OrderManner.keepsTrying(order, e.reason())
            ? underway(order)
            : reverts ? FAILED : Judgement.of(e.reason());
    attempts.failed(order, reverts || Judgement.passes(e.reason()));
    return draft(order, state, facts).because(e.reason().text(), e.getMessage()).seen(live);
  }

  /**
   * A fault of this program, reported like any failure: the agent lives on for the other orders.
   */
  private ReportDraft fault(
      NodeTunable order, KernelFacts facts, Optional<LoadedTunable> live, RuntimeException e) {
    attempts.failed(order, true);
    return draft(order, FAILED, facts)
        .because("AgentFault", "The agent failed in a way it should not: " + e + ".")
        .seen(live);
  }

  private Optional<LoadedTunable> live(NodeTunable order) throws RuntimeRefusedException {
    return runtime.loaded().stream()
        .filter(l -> l.owner().equals(order.uid()) && l.constant().equals(order.constant()))
        .findFirst();
  }

  private static boolean runs(LoadedTunable live, NodeTunable order) {
    return live.state() == LoadedTunable.State.APPLIED
        && live.active()
        && live.revision() == order.revision()
        && live.observedValue().equals(order.value());
  }

  private static String drift(NodeTunable order, Optional<LoadedTunable> live) {
    if (live.isEmpty()) {
      return order.constant() + " is no longer changed in the kernel; it is being loaded again.";
    }
    LoadedTunable l = live.get();
    return l.message().isEmpty()
        ? "The kernel runs %s with %s where %s was left; it is being set again."
            .formatted(order.constant(), l.observedValue(), order.value())
        : l.message();
  }

  private ReportDraft draft(NodeTunable order, NodeTunableState state, KernelFacts facts) {
    return ReportDraft.of(order, state, facts.bootId(), clock.instant());
  }
}

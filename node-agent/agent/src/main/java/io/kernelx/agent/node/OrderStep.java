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
import io.kernelx.api.v1alpha1.OnStall;
import io.kernelx.api.v1alpha1.TransitionOutcome;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.sie.plan.TunablePlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
 *   <li>apply, and report Applied with what the kernel then says, or the refusal.
 * </ol>
 *
 * <p>To revert: nothing loaded is Reverted at once; otherwise announce Reverting, revert, report.
 * What failed is tried again every minute, because a deletion waits for it.
 */
final class OrderStep {
  static final Duration RETRY = Duration.ofMinutes(1);

  private final NodeRuntime runtime;
  private final OrderedPlans plans;
  private final Clock clock;

  /** When an order's revision was last tried in vain by this process, by uid. */
  private final Map<String, Attempt> attempts = new HashMap<>();

  private record Attempt(
      long revision, TuningAction action, String plan, boolean again, Instant at) {}

  OrderStep(NodeRuntime runtime, OrderedPlans plans, Clock clock) {
    this.runtime = runtime;
    this.plans = plans;
    this.clock = clock;
  }

  /** Takes a report and writes it; returns when it is acknowledged. */
  @FunctionalInterface
  interface Announcer {
    void announce(TunableReport report) throws NotAcknowledgedException;
  }

  void carryOut(NodeTunable order, KernelFacts facts, Optional<TunableReport> last, Announcer out)
      throws NotAcknowledgedException {
    try {
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
    if (waits(order)) {
      return;
    }
    Optional<LoadedTunable> live = live(order);
    boolean thisBoot = last != null && facts.bootId().equals(last.bootId());
    if (live.isPresent() && runs(live.get(), order)) {
      attempts.remove(order.uid());
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
        attempts.put(order.uid(), attempt(order, false));
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
      throws NotAcknowledgedException {
    Instant began = clock.instant();
    out.announce(
        draft(order, TRANSITIONING, facts)
            .seen(before)
            .transition(order, began, null, null)
            .report());
    ReportDraft result;
    try {
      LoadedTunable loaded =
          runtime.apply(
              new ApplyRequest(plan, order.value(), order.uid(), manner(order), order.revision()));
      attempts.remove(order.uid());
      result =
          draft(order, APPLIED, facts)
              .seen(Optional.of(loaded))
              .transition(order, began, clock.instant(), TransitionOutcome.COMPLETED);
    } catch (RuntimeRefusedException e) {
      result =
          refused(order, facts, before, e)
              .transition(order, began, clock.instant(), TransitionOutcome.FAILED)
              .told(e.transition());
    } catch (RuntimeException e) {
      result =
          fault(order, facts, before, e)
              .transition(order, began, clock.instant(), TransitionOutcome.FAILED);
    }
    out.announce(result.report());
  }

  private void revert(NodeTunable order, KernelFacts facts, TunableReport last, Announcer out)
      throws NotAcknowledgedException, RuntimeRefusedException {
    Optional<LoadedTunable> live = live(order);
    if (live.isEmpty()) {
      attempts.remove(order.uid());
      out.announce(draft(order, REVERTED, facts).sinceOf(last).report());
      return;
    }
    if (waits(order)) {
      return;
    }
    Instant began = clock.instant();
    out.announce(
        draft(order, REVERTING, facts).seen(live).transition(order, began, null, null).report());
    ReportDraft result;
    try {
      runtime.revert(order.uid(), order.constant(), Optional.of(manner(order)));
      attempts.remove(order.uid());
      result =
          draft(order, REVERTED, facts)
              .transition(order, began, clock.instant(), TransitionOutcome.COMPLETED);
    } catch (RuntimeRefusedException e) {
      attempts.put(order.uid(), attempt(order, true));
      result =
          draft(order, FAILED, facts)
              .because(e.reason().text(), e.getMessage())
              .seen(live)
              .transition(order, began, clock.instant(), TransitionOutcome.FAILED)
              .told(e.transition());
    } catch (RuntimeException e) {
      result =
          fault(order, facts, live, e)
              .transition(order, began, clock.instant(), TransitionOutcome.FAILED);
    }
    out.announce(result.report());
  }

  private ReportDraft refused(
      NodeTunable order,
      KernelFacts facts,
      Optional<LoadedTunable> live,
      RuntimeRefusedException e) {
    NodeTunableState state = Judgement.of(e.reason());
    attempts.put(order.uid(), attempt(order, Judgement.passes(e.reason())));
    return draft(order, state, facts).because(e.reason().text(), e.getMessage()).seen(live);
  }

  /**
   * A fault of this program, reported like any failure: the agent lives on for the other orders.
   */
  private ReportDraft fault(
      NodeTunable order, KernelFacts facts, Optional<LoadedTunable> live, RuntimeException e) {
    attempts.put(order.uid(), attempt(order, true));
    return draft(order, FAILED, facts)
        .because("AgentFault", "The agent failed in a way it should not: " + e + ".")
        .seen(live);
  }

  private boolean waits(NodeTunable order) {
    Attempt attempt = attempts.get(order.uid());
    return attempt != null
        && attempt.revision() == order.revision()
        && attempt.action() == order.action()
        && attempt.plan().equals(digest(order))
        && !(attempt.again() && clock.instant().isAfter(attempt.at().plus(RETRY)));
  }

  private Attempt attempt(NodeTunable order, boolean again) {
    return new Attempt(order.revision(), order.action(), digest(order), again, clock.instant());
  }

  private static String digest(NodeTunable order) {
    return order.plan() == null ? "" : order.plan().digest();
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

  private static Manner manner(NodeTunable order) {
    Mode mode =
        switch (order.mode()) {
          case IMMEDIATE -> Mode.IMMEDIATE;
          case PER_TASK -> Mode.PER_TASK;
          case GLOBAL -> Mode.GLOBAL;
        };
    return new Manner(
        mode,
        order.timeout() == null ? Manner.DEFAULT_TIMEOUT_MILLIS : Manner.millis(order.timeout()),
        order.onStall() == OnStall.KEEP ? Manner.OnStall.KEEP : Manner.OnStall.REVERT);
  }

  /** Returns the report of an order whose last report is under suspicion. */
  static TunableReport quarantined(
      NodeTunable order, TunableReport last, QuarantineRule rule, Instant now) {
    TunableReport report =
        ReportDraft.of(order, QUARANTINED, rule.bootId(), now)
            .because("RebootedSoonAfter", rule.message(last))
            .report();
    return new TunableReport(
        report.name(),
        report.uid(),
        report.constant(),
        last.revision(),
        report.state(),
        report.bootId(),
        null,
        null,
        report.reason(),
        report.message(),
        report.since(),
        null,
        null,
        last.transition());
  }

  /** Returns the report of an order whose last report is of an earlier boot: nothing is loaded. */
  static TunableReport rebooted(NodeTunable order, String bootId, Instant now) {
    return ReportDraft.of(order, PENDING, bootId, now)
        .because("Rebooted", "The node has rebooted, and nothing of it is loaded.")
        .report();
  }

  /** Returns the report of something in the kernel that no order speaks of. */
  static TunableReport unordered(
      LoadedTunable live, TunableReport last, String bootId, Instant now) {
    boolean byHand = live.owner().equals(ApplyRequest.CLI);
    String uid = byHand ? "cli:" + live.constant() : live.owner();
    String message =
        byHand
            ? "Loaded by hand; xkernel-tool unload removes it."
            : "No order speaks of it any more; it stays until the node reboots or xkernel-tool"
                + " unload --force removes it.";
    return new TunableReport(
        last == null ? live.constant() : last.name(),
        uid,
        live.constant(),
        live.revision(),
        live.state() == LoadedTunable.State.APPLIED ? APPLIED : DRIFTED,
        bootId,
        live.observedValue(),
        live.planDigest(),
        byHand ? "LoadedByHand" : "NoOrder",
        message,
        last == null ? now.toString() : last.since(),
        live.hits(),
        live.missed(),
        last == null ? null : last.transition());
  }
}

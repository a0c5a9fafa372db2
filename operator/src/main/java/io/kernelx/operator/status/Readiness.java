// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import static io.kernelx.operator.rollout.Standing.APPLIED;
import static io.kernelx.operator.rollout.Standing.BUILDING;
import static io.kernelx.operator.rollout.Standing.CONFLICT;
import static io.kernelx.operator.rollout.Standing.DRIFTED;
import static io.kernelx.operator.rollout.Standing.FAILED;
import static io.kernelx.operator.rollout.Standing.PENDING;
import static io.kernelx.operator.rollout.Standing.QUARANTINED;
import static io.kernelx.operator.rollout.Standing.REFUSED;
import static io.kernelx.operator.rollout.Standing.TRANSITIONING;
import static io.kernelx.operator.rollout.Standing.UNSUPPORTED;
import static io.kernelx.operator.rollout.Standing.WAITING_FOR_AGENT;

import io.kernelx.api.v1alpha1.ConditionReason;
import io.kernelx.api.v1alpha1.TunablePhase;
import io.kernelx.operator.observe.HeldUp;
import io.kernelx.operator.rollout.NodeStanding;
import io.kernelx.operator.rollout.RolloutPlan.Hold;
import io.kernelx.operator.rollout.Standing;
import java.util.Optional;

/**
 * Derives the verdicts of an accepted tunable from its tally. The worst news comes first: conflict,
 * refusal, quarantine, failure, drift; then what is being waited for.
 */
final class Readiness {

  private final StatusInput input;
  private final Tally tally;
  private final String what;

  Readiness(StatusInput input, Tally tally) {
    this.input = input;
    this.tally = tally;
    this.what = input.target().constant() + " = " + input.target().value();
  }

  private boolean held() {
    return input.target().enforce() && input.plan().hold() != Hold.NONE;
  }

  /** Returns whether something goes on by itself. */
  boolean progresses() {
    boolean waits =
        tally.any(WAITING_FOR_AGENT)
            || tally.any(BUILDING)
            || tally.any(TRANSITIONING)
            || tally.any(DRIFTED);
    boolean told = tally.any(PENDING) && !held() && input.target().enforce();
    return waits || told || input.plan().reverting() > 0;
  }

  Verdict ready() {
    if (tally.matched() == 0) {
      return Verdict.yes(ConditionReason.NO_MATCHING_NODES, "no node matches spec.nodeSelector");
    }
    if (tally.tunable() == 0) {
      return Verdict.yes(ConditionReason.UNSUPPORTED_NODES, "nothing to do" + unsupportedTail());
    }
    if (tally.of(APPLIED) == tally.tunable()) {
      return Verdict.yes(
          ConditionReason.ROLLED_OUT,
          "%s on %s%s".formatted(what, Tally.nodes(tally.tunable()), unsupportedTail()));
    }
    if (tally.any(CONFLICT)) {
      return Verdict.no(
          ConditionReason.CONFLICT,
          "on %s an older tunable of %s is in force: %s"
              .formatted(
                  share(CONFLICT),
                  input.target().constant(),
                  tally.first(CONFLICT).orElseThrow().message()));
    }
    if (tally.any(REFUSED)) {
      return refusal();
    }
    if (tally.any(QUARANTINED)) {
      return Verdict.no(
          ConditionReason.QUARANTINED,
          "%s rebooted soon after the change and %s left alone; to try again, ask for another value, or delete the tunable and create it anew"
              .formatted(
                  Tally.nodes(tally.of(QUARANTINED)), tally.of(QUARANTINED) == 1 ? "is" : "are"));
    }
    if (tally.any(FAILED)) {
      NodeStanding first = tally.first(FAILED).orElseThrow();
      String stopped =
          input.plan().hold() == Hold.FAILURES && tally.any(PENDING)
              ? "; no further nodes are changed (rollout.maxFailures)"
              : "";
      return new Verdict(
          false,
          ConditionReason.NODES_FAILED.text(),
          "%s failed%s; the first: %s: %s"
              .formatted(share(FAILED), stopped, first.reason(), first.message()));
    }
    if (tally.any(DRIFTED)) {
      return drifted();
    }
    return waiting();
  }

  private Verdict waiting() {
    if (tally.any(BUILDING)) {
      return built();
    }
    if (tally.any(WAITING_FOR_AGENT)) {
      return Verdict.no(
          ConditionReason.WAITING_FOR_AGENT,
          "%s %s not reported the running kernel yet%s"
              .formatted(
                  share(WAITING_FOR_AGENT),
                  tally.of(WAITING_FOR_AGENT) == 1 ? "has" : "have",
                  downTail()));
    }
    if (!input.target().enforce()) {
      return Verdict.yes(
          ConditionReason.DRY_RUN,
          "the plans for %s are there; no node is changed (spec.activation DryRun)"
              .formatted(what));
    }
    if (input.plan().hold() == Hold.PAUSED) {
      return Verdict.no(
          ConditionReason.PAUSED,
          "%s on %d of %s; spec.rollout.paused holds the others"
              .formatted(what, tally.of(APPLIED), Tally.nodes(tally.tunable())));
    }
    Optional<HeldUp> held = heldUp(true);
    if (held.isPresent()) {
      return Verdict.no(
          ConditionReason.WAITING_FOR_TASKS,
          "%s on %d of %s; tasks hold the change up; the first node, %s"
              .formatted(
                  what, tally.of(APPLIED), Tally.nodes(tally.tunable()), held.get().sentence()));
    }
    return Verdict.no(
        ConditionReason.ROLLING_OUT,
        "%s on %d of %s%s"
            .formatted(what, tally.of(APPLIED), Tally.nodes(tally.tunable()), downTail()));
  }

  /** Returns the first node, matched or not, on which tasks hold the change up. */
  private Optional<HeldUp> heldUp(boolean matched) {
    return input.plan().heldUp().stream()
        .filter(held -> tally.matches(held.node()) == matched)
        .findFirst();
  }

  /** Says whether something goes on by itself, and if so what. */
  Verdict reconciling(Verdict ready) {
    int leaving = input.plan().reverting();
    if (leaving > 0) {
      return Verdict.yes(
          ConditionReason.REVERTING,
          "%s no longer selected and going back to the original value%s"
              .formatted(
                  leaving == 1 ? "1 node is" : leaving + " nodes are",
                  heldUp(false)
                      .map(held -> "; tasks hold that up; the first node, " + held.sentence())
                      .orElse("")));
    }
    boolean progresses = progresses();
    return new Verdict(
        progresses,
        progresses ? ready.reason() : ConditionReason.SETTLED.text(),
        progresses ? ready.message() : "there is nothing left to do");
  }

  private Verdict refusal() {
    NodeStanding first = tally.first(REFUSED).orElseThrow();
    String kernel = first.kernel().map(k -> k.release() + ": ").orElse("");
    String kept = input.formerValueHeld() ? "; nodes keep the former value" : "";
    return new Verdict(false, first.reason(), kernel + first.message() + kept);
  }

  Verdict built() {
    if (tally.any(REFUSED)) {
      return refusal();
    }
    if (tally.any(BUILDING)) {
      return Verdict.no(
          ConditionReason.BUILDING,
          "the plan of %s for %s is being made"
              .formatted(
                  what, tally.first(BUILDING).orElseThrow().kernel().orElseThrow().release()));
    }
    if (tally.any(WAITING_FOR_AGENT)) {
      return Verdict.no(
          ConditionReason.WAITING_FOR_AGENT,
          "a plan is made when the agent has reported the running kernel");
    }
    if (tally.tunable() == 0 || input.builds().isEmpty()) {
      return Verdict.yes(ConditionReason.NO_MATCHING_NODES, "no node needs a plan");
    }
    int kernels = input.builds().size();
    return Verdict.yes(
        ConditionReason.BUILT,
        "%s is proved for %s".formatted(what, kernels == 1 ? "1 kernel" : kernels + " kernels"));
  }

  Verdict rolledOut(Verdict ready) {
    return input.target().enforce()
        ? ready
        : Verdict.no(ConditionReason.DRY_RUN, "no node is changed (spec.activation DryRun)");
  }

  Verdict drifted() {
    return tally
        .first(DRIFTED)
        .map(
            first ->
                new Verdict(
                    false,
                    ConditionReason.DRIFTED.text(),
                    "%s no longer as the agent left it; the first: %s"
                        .formatted(
                            tally.of(DRIFTED) == 1 ? "1 node is" : tally.of(DRIFTED) + " nodes are",
                            first.message().isEmpty() ? first.reason() : first.message())))
        .orElse(Verdict.no(ConditionReason.NO_DRIFT, "every node is as its agent left it"));
  }

  TunablePhase phase(Verdict ready) {
    if (ready.holds()) {
      return ready.reason().equals(ConditionReason.DRY_RUN.text())
          ? TunablePhase.PLANNED
          : TunablePhase.APPLIED;
    }
    if (tally.any(TRANSITIONING) || (tally.any(PENDING) && !held())) {
      return TunablePhase.ROLLING_OUT;
    }
    if (tally.any(BUILDING)) {
      return TunablePhase.BUILDING;
    }
    if (tally.any(WAITING_FOR_AGENT)) {
      return TunablePhase.PENDING;
    }
    if (tally.any(REFUSED) && !tally.any(APPLIED)) {
      return TunablePhase.REFUSED;
    }
    return input.target().enforce() && input.plan().hold() == Hold.PAUSED
        ? TunablePhase.PAUSED
        : TunablePhase.DEGRADED;
  }

  /** Returns {@code "2 of 5 nodes"}, or {@code "1 node"} when that is all there are. */
  private String share(Standing standing) {
    int count = tally.of(standing);
    return count == tally.tunable()
        ? Tally.nodes(count)
        : "%d of %d nodes".formatted(count, tally.tunable());
  }

  private String downTail() {
    int down = tally.downInProgress();
    return down == 0
        ? ""
        : "; %s not Ready".formatted(down == 1 ? "1 of them is" : down + " of them are");
  }

  private String unsupportedTail() {
    if (!tally.any(UNSUPPORTED)) {
      return "";
    }
    int count = tally.of(UNSUPPORTED);
    NodeStanding first = tally.first(UNSUPPORTED).orElseThrow();
    return "; %s cannot be tuned: %s"
        .formatted(count == 1 ? "1 matched node" : count + " matched nodes", first.message());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus.StalledTask;
import io.kernelx.api.v1alpha1.NodeTuningStatus.Transition;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TransitionOutcome;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.TransitionReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How one tunable stands, while it is being put together. Each method returns a changed copy. */
record ReportDraft(TunableReport report) {
  private static final int STALLED_MAX = 10;

  /** Begins a report that answers the order's revision, with nothing in the kernel. */
  static ReportDraft of(NodeTunable order, NodeTunableState state, String bootId, Instant now) {
    return new ReportDraft(
        new TunableReport(
            order.name(),
            order.uid(),
            order.constant(),
            order.revision(),
            state,
            bootId,
            null,
            null,
            null,
            null,
            now.toString(),
            null,
            null,
            null));
  }

  /** Takes over the time of the last report if it says the same, so that time means change. */
  ReportDraft sinceOf(TunableReport last) {
    boolean same =
        last != null
            && last.state() == report.state()
            && java.util.Objects.equals(last.revision(), report.revision())
            && java.util.Objects.equals(last.bootId(), report.bootId())
            && java.util.Objects.equals(last.reason(), report.reason());
    return same ? with(last.since(), last.transition()) : this;
  }

  ReportDraft because(String reason, String message) {
    return copy(
        report.observedValue(),
        report.planDigest(),
        reason,
        message,
        report.since(),
        report.hits(),
        report.missed(),
        report.transition());
  }

  /** Adds what the kernel itself says; empty means that nothing of it is in the kernel. */
  ReportDraft seen(Optional<LoadedTunable> live) {
    return copy(
        live.map(LoadedTunable::observedValue).orElse(null),
        live.map(LoadedTunable::planDigest).orElse(null),
        report.reason(),
        report.message(),
        report.since(),
        live.map(LoadedTunable::hits).orElse(null),
        live.map(LoadedTunable::missed).orElse(null),
        report.transition());
  }

  /** Adds the transition; a null outcome means that it runs, or is about to. */
  ReportDraft transition(NodeTunable order, TransitionOutcome outcome) {
    return with(report.since(), new Transition(order.mode(), null, null, outcome, null, List.of()));
  }

  /** Adds what the kernel says of the transition; empty leaves it as it is. */
  ReportDraft told(Optional<Undertaking.Told> told) {
    return told(told, Optional.empty());
  }

  /**
   * The same, where the kernel has said more at the end.
   *
   * @param last its last word, if it is not among what was told
   */
  ReportDraft told(Optional<Undertaking.Told> told, Optional<TransitionReport> last) {
    Transition known = report.transition();
    Optional<TransitionReport> kernel = last.or(() -> told.map(Undertaking.Told::report));
    if (kernel.isEmpty() || known == null) {
      return this;
    }
    TransitionReport k = kernel.get();
    boolean waits = k.mode() != Mode.IMMEDIATE;
    return with(
        report.since(),
        new Transition(
            known.mode(),
            told.map(t -> t.startedAt().toString()).orElse(known.startedAt()),
            k.state().ended() ? duration(k.elapsedMicros()) : null,
            outcome(k.state()),
            waits ? k.pending() : null,
            k.stalled().stream()
                .limit(STALLED_MAX)
                .map(t -> new StalledTask(t.tid(), t.comm(), t.function()))
                .toList()));
  }

  /** Milliseconds, with as many digits as were measured. */
  private static String duration(long micros) {
    return BigDecimal.valueOf(micros, 3).stripTrailingZeros().toPlainString() + "ms";
  }

  private static TransitionOutcome outcome(TransitionReport.State state) {
    return switch (state) {
      case DONE -> TransitionOutcome.COMPLETED;
      case REVERTED -> TransitionOutcome.REVERTED;
      case FAILED -> TransitionOutcome.FAILED;
      case IDLE, RUNNING, REVERTING -> null;
    };
  }

  private ReportDraft with(String since, Transition transition) {
    return copy(
        report.observedValue(),
        report.planDigest(),
        report.reason(),
        report.message(),
        since,
        report.hits(),
        report.missed(),
        transition);
  }

  private ReportDraft copy(
      String observedValue,
      String planDigest,
      String reason,
      String message,
      String since,
      Long hits,
      Long missed,
      Transition transition) {
    return new ReportDraft(
        new TunableReport(
            report.name(),
            report.uid(),
            report.constant(),
            report.revision(),
            report.state(),
            report.bootId(),
            observedValue,
            planDigest,
            reason,
            message,
            since,
            hits,
            missed,
            transition));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * Whether a tunable may have brought the machine down: it was being changed, or had been for less
 * than ten minutes, when the boot that its report speaks of ended.
 *
 * @param bootId this boot
 * @param bootedAt when this boot began
 */
record QuarantineRule(String bootId, Instant bootedAt) {
  static final Duration PROBATION = Duration.ofMinutes(10);

  /** Returns whether the report is of an earlier boot that ended under suspicion. */
  boolean suspects(TunableReport report) {
    if (report.bootId() == null || report.bootId().equals(bootId)) {
      return false;
    }
    return switch (report.state()) {
      case TRANSITIONING, REVERTING -> true;
      case APPLIED, DRIFTED -> bootedAt.isBefore(since(report).plus(PROBATION));
      default -> false;
    };
  }

  /** Returns the sentence for the user. */
  String message(TunableReport report) {
    return report.state() == NodeTunableState.TRANSITIONING
            || report.state() == NodeTunableState.REVERTING
        ? "The node rebooted while %s was being changed; it is left alone here until the tunable changes."
            .formatted(report.constant())
        : "The node rebooted less than %d minutes after %s was applied; it is left alone here until the tunable changes."
            .formatted(PROBATION.toMinutes(), report.constant());
  }

  private Instant since(TunableReport report) {
    try {
      return report.since() == null ? bootedAt : Instant.parse(report.since());
    } catch (DateTimeParseException e) {
      return bootedAt;
    }
  }
}

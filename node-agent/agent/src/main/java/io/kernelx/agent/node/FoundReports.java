// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import static io.kernelx.api.v1alpha1.NodeTunableState.APPLIED;
import static io.kernelx.api.v1alpha1.NodeTunableState.DRIFTED;
import static io.kernelx.api.v1alpha1.NodeTunableState.PENDING;
import static io.kernelx.api.v1alpha1.NodeTunableState.QUARANTINED;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.LoadedTunable;
import java.time.Instant;

/** Reports of what was found, rather than done: after a reboot, or without an order. */
final class FoundReports {
  private FoundReports() {}

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

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.runtime.RuntimeRefusedException.Reason;

/** What a refusal of the runtime means for an order. */
final class Judgement {
  private Judgement() {}

  /** Returns Refused for what must not be loaded, Failed for what should have worked. */
  static NodeTunableState of(Reason reason) {
    return switch (reason) {
      case NOT_YET_SUPPORTED,
          KERNEL_MISMATCH,
          INVALID_PLAN,
          INVALID_REQUEST,
          VALUE_NOT_PROVED,
          LIVE_TEXT_MISMATCH,
          FUNCTION_REDIRECTED,
          OVERLAPS,
          OWNED_BY_ANOTHER,
          PROBE_SITE_BLACKLISTED,
          LOCKDOWN,
          MISSABLE_SITES,
          ESCAPES ->
          NodeTunableState.REFUSED;
      case MISSING_CAPABILITY,
          MODULE_BUILD_FAILED,
          MODULE_LOAD_FAILED,
          ABI_MISMATCH,
          STUB_BUILD_FAILED,
          STUB_LOAD_FAILED,
          CHANGED_MEANWHILE,
          STALLED,
          STATE_UNREADABLE ->
          NodeTunableState.FAILED;
    };
  }

  /** Returns whether the same order may go through a little later without anybody's doing. */
  static boolean passes(Reason reason) {
    return switch (reason) {
      case CHANGED_MEANWHILE,
          STALLED,
          STATE_UNREADABLE,
          FUNCTION_REDIRECTED,
          OVERLAPS,
          OWNED_BY_ANOTHER ->
          true;
      default -> false;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How one tunable stands on one node, as its agent reports it. */
public enum NodeTunableState {
  /** Seen, nothing done yet. */
  @JsonProperty("Pending")
  PENDING("Pending", false),

  /** Being applied; written before the first write to the kernel. */
  @JsonProperty("Transitioning")
  TRANSITIONING("Transitioning", false),

  /** The kernel runs with the value. */
  @JsonProperty("Applied")
  APPLIED("Applied", true),

  /** Being taken back. */
  @JsonProperty("Reverting")
  REVERTING("Reverting", false),

  /** Nothing of it is in the kernel. */
  @JsonProperty("Reverted")
  REVERTED("Reverted", true),

  /** It should have worked and did not; the kernel is as it was before. */
  @JsonProperty("Failed")
  FAILED("Failed", true),

  /** It must not be loaded on this node; the kernel is as it was before. */
  @JsonProperty("Refused")
  REFUSED("Refused", true),

  /** It was applied, and the kernel is no longer as it was left. */
  @JsonProperty("Drifted")
  DRIFTED("Drifted", false),

  /** The node rebooted soon after it was applied; it is not tried again. */
  @JsonProperty("Quarantined")
  QUARANTINED("Quarantined", true);

  private final String text;
  private final boolean settled;

  NodeTunableState(String text, boolean settled) {
    this.text = text;
    this.settled = settled;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }

  /** Returns whether the agent does nothing further until its orders change. */
  public boolean settled() {
    return settled;
  }

  /** Returns whether the agent has given up on these orders. */
  public boolean failed() {
    return this == FAILED || this == REFUSED || this == QUARANTINED;
  }
}

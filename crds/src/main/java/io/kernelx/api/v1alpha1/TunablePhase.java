// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.EnumSet;
import java.util.Set;

/**
 * One word for where a KernelTunable stands. Each phase knows which can follow it.
 *
 * <p>{@code TERMINATING} can follow every phase, and every phase can be entered anew when the spec
 * changes; {@link #canBecome} holds for one and the same spec.
 */
public enum TunablePhase {
  /** Accepted; nodes or their kernels are not known yet. */
  @JsonProperty("Pending")
  PENDING("Pending", false),

  /** The spec cannot be acted upon. */
  @JsonProperty("Rejected")
  REJECTED("Rejected", true),

  /** Plans are being made. */
  @JsonProperty("Building")
  BUILDING("Building", false),

  /** A plan or the value was refused. */
  @JsonProperty("Refused")
  REFUSED("Refused", true),

  /** Nodes are being changed. */
  @JsonProperty("RollingOut")
  ROLLING_OUT("RollingOut", false),

  /** Every matched node that can be tuned runs with the value. */
  @JsonProperty("Applied")
  APPLIED("Applied", true),

  /** Some nodes failed or drifted. */
  @JsonProperty("Degraded")
  DEGRADED("Degraded", true),

  /** The rollout stands still by order. */
  @JsonProperty("Paused")
  PAUSED("Paused", true),

  /** Plans are there, and no node is to be changed. */
  @JsonProperty("Planned")
  PLANNED("Planned", true),

  /** Nodes are going back before the resource goes. */
  @JsonProperty("Terminating")
  TERMINATING("Terminating", false);

  private final String text;
  private final boolean settled;

  TunablePhase(String text, boolean settled) {
    this.text = text;
    this.settled = settled;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }

  /** Returns whether nothing further happens until the spec, a node or a kernel changes. */
  public boolean settled() {
    return settled;
  }

  /**
   * Returns the phases that can follow this one while the spec stays as it is. Nodes come and go,
   * so a settled phase can be left too.
   */
  public Set<TunablePhase> next() {
    Set<TunablePhase> next = EnumSet.allOf(TunablePhase.class);
    switch (this) {
      case TERMINATING -> next.retainAll(EnumSet.of(TERMINATING));
      case PLANNED -> next.removeAll(EnumSet.of(ROLLING_OUT, PAUSED));
      case ROLLING_OUT, PAUSED -> next.remove(PLANNED);
      case PENDING, REJECTED, BUILDING, REFUSED, APPLIED, DEGRADED -> {}
    }
    return next;
  }

  /** Returns whether {@code phase} can follow this one while the spec stays as it is. */
  public boolean canBecome(TunablePhase phase) {
    return next().contains(phase);
  }
}

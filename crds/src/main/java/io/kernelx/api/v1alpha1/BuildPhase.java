// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a plan is. */
public enum BuildPhase {
  /** No builder has taken it up. */
  @JsonProperty("Pending")
  PENDING("Pending"),

  /** A builder works on it. */
  @JsonProperty("Building")
  BUILDING("Building"),

  /** There is a plan; single values may still be refused. */
  @JsonProperty("Built")
  BUILT("Built"),

  /** There is no plan, and the refusal says why. */
  @JsonProperty("Refused")
  REFUSED("Refused");

  private final String text;

  BuildPhase(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a transition ended. */
public enum TransitionOutcome {
  /** The new value holds. */
  @JsonProperty("Completed")
  COMPLETED("Completed"),

  /** The old value holds again. */
  @JsonProperty("Reverted")
  REVERTED("Reverted"),

  /** It could not begin; the old value holds. */
  @JsonProperty("Failed")
  FAILED("Failed");

  private final String text;

  TransitionOutcome(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

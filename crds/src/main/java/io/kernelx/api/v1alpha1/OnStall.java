// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a transition that does not finish in time. */
public enum OnStall {
  /** Tasks that moved go back. */
  @JsonProperty("Revert")
  REVERT("Revert"),

  /** The transition goes on without a deadline. */
  @JsonProperty("Keep")
  KEEP("Keep");

  private final String text;

  OnStall(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a node is told to do with a tunable. */
public enum TuningAction {
  /** Run with the value. */
  @JsonProperty("Apply")
  APPLY("Apply"),

  /** Run with the value the kernel was compiled with. */
  @JsonProperty("Revert")
  REVERT("Revert");

  private final String text;

  TuningAction(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

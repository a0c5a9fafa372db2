// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether nodes are changed. */
public enum Activation {
  /** Nodes run with the value. */
  @JsonProperty("Enforce")
  ENFORCE("Enforce"),

  /** Plans are made and shown; no node is changed. */
  @JsonProperty("DryRun")
  DRY_RUN("DryRun");

  private final String text;

  Activation(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

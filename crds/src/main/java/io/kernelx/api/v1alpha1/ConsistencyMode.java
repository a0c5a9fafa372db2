// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a change of value becomes visible to tasks. */
public enum ConsistencyMode {
  /** Every task sees the new value at once. */
  @JsonProperty("Immediate")
  IMMEDIATE("Immediate"),

  /**
   * A task sees the new value from the first moment at which none of its frames is in a safe span.
   */
  @JsonProperty("PerTask")
  PER_TASK("PerTask"),

  /** All tasks see the new value at one instant at which no frame is in a safe span. */
  @JsonProperty("Global")
  GLOBAL("Global");

  private final String text;

  ConsistencyMode(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whose plan a node loads. */
public enum BuildTrust {
  /** Each node makes its own plan. */
  @JsonProperty("PerNode")
  PER_NODE("PerNode"),

  /** One builder per kernel makes the plan; each node checks it. */
  @JsonProperty("Shared")
  SHARED("Shared"),

  /** Two builders must arrive at the same plan independently. */
  @JsonProperty("Quorum")
  QUORUM("Quorum");

  private final String text;

  BuildTrust(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

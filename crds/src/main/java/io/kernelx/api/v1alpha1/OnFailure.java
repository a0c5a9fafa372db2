// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a rollout does when more nodes fail than it tolerates. */
public enum OnFailure {
  /** Stop where it stands. */
  @JsonProperty("Pause")
  PAUSE("Pause"),

  /** Go back to the last stable revision. */
  @JsonProperty("Rollback")
  ROLLBACK("Rollback");

  private final String text;

  OnFailure(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

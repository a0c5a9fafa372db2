// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of the nodes when the resource is deleted. */
public enum DeletionPolicy {
  /** Every node goes back to the value its kernel was compiled with. */
  @JsonProperty("Revert")
  REVERT("Revert"),

  /** Nodes keep the value until they reboot. */
  @JsonProperty("Orphan")
  ORPHAN("Orphan");

  private final String text;

  DeletionPolicy(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

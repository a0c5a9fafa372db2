// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The conditions of a KernelTunable; the first three follow kstatus. */
public enum ConditionType {
  /** Every matched node runs with the value. */
  @JsonProperty("Ready")
  READY("Ready"),

  /** Work is under way. */
  @JsonProperty("Reconciling")
  RECONCILING("Reconciling"),

  /** Nothing will change without a change of the resource, a node or the kernel. */
  @JsonProperty("Stalled")
  STALLED("Stalled"),

  /** The spec can be acted upon by this version. */
  @JsonProperty("Accepted")
  ACCEPTED("Accepted"),

  /** There is a proved plan for every kernel among the matched nodes. */
  @JsonProperty("Built")
  BUILT("Built"),

  /** Every matched node was told and has reported the value. */
  @JsonProperty("RolledOut")
  ROLLED_OUT("RolledOut"),

  /** A node that had the value no longer has it as it was left. */
  @JsonProperty("Drifted")
  DRIFTED("Drifted");

  private final String text;

  ConditionType(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a condition stands as it does. A refused build shows the name of its refusal instead. */
public enum ConditionReason {
  /** The spec is acted upon. */
  @JsonProperty("Accepted")
  ACCEPTED("Accepted"),

  /** A field asks for a behaviour that this version does not have. */
  @JsonProperty("NotYetSupported")
  NOT_YET_SUPPORTED("NotYetSupported"),

  /** The spec contradicts itself. */
  @JsonProperty("InvalidSpec")
  INVALID_SPEC("InvalidSpec"),

  /** The catalogue has no such constant. */
  @JsonProperty("UnknownConstant")
  UNKNOWN_CONSTANT("UnknownConstant"),

  /** The inline definition cannot be read. */
  @JsonProperty("InvalidDefinition")
  INVALID_DEFINITION("InvalidDefinition"),

  /** The definition names another constant than the one on the nodes. */
  @JsonProperty("ConstantChanged")
  CONSTANT_CHANGED("ConstantChanged"),

  /** An older tunable of the same constant holds some of the nodes. */
  @JsonProperty("Conflict")
  CONFLICT("Conflict"),

  /** No node matches, so there is nothing to do. */
  @JsonProperty("NoMatchingNodes")
  NO_MATCHING_NODES("NoMatchingNodes"),

  /** All matched nodes are of a kind that cannot be tuned. */
  @JsonProperty("UnsupportedNodes")
  UNSUPPORTED_NODES("UnsupportedNodes"),

  /** Nodes have not reported their kernel yet. */
  @JsonProperty("WaitingForAgent")
  WAITING_FOR_AGENT("WaitingForAgent"),

  /** No Ready node of a kernel can make its plan. */
  @JsonProperty("NoBuilder")
  NO_BUILDER("NoBuilder"),

  /** Plans are being made. */
  @JsonProperty("Building")
  BUILDING("Building"),

  /** All plans are there. */
  @JsonProperty("Built")
  BUILT("Built"),

  /** A plan or a value was refused. */
  @JsonProperty("Refused")
  REFUSED("Refused"),

  /** Nodes are being changed. */
  @JsonProperty("RollingOut")
  ROLLING_OUT("RollingOut"),

  /** Nodes are being changed, and on some of them tasks hold the change up. */
  @JsonProperty("WaitingForTasks")
  WAITING_FOR_TASKS("WaitingForTasks"),

  /** All nodes have the value. */
  @JsonProperty("RolledOut")
  ROLLED_OUT("RolledOut"),

  /** The value could not be applied on some nodes. */
  @JsonProperty("NodesFailed")
  NODES_FAILED("NodesFailed"),

  /** Nodes that rebooted soon after the change are left alone. */
  @JsonProperty("Quarantined")
  QUARANTINED("Quarantined"),

  /** The rollout is paused. */
  @JsonProperty("Paused")
  PAUSED("Paused"),

  /** Plans are made; no node is changed. */
  @JsonProperty("DryRun")
  DRY_RUN("DryRun"),

  /** A node is no longer as it was left. */
  @JsonProperty("Drifted")
  DRIFTED("Drifted"),

  /** Every node is as it was left. */
  @JsonProperty("NoDrift")
  NO_DRIFT("NoDrift"),

  /** Nodes are going back to the original value. */
  @JsonProperty("Reverting")
  REVERTING("Reverting"),

  /** Nodes that are down have not reported the revert. */
  @JsonProperty("WaitingForNodes")
  WAITING_FOR_NODES("WaitingForNodes"),

  /** A node reports that it could not revert. */
  @JsonProperty("RevertFailed")
  REVERT_FAILED("RevertFailed"),

  /** Work goes on. */
  @JsonProperty("Progressing")
  PROGRESSING("Progressing"),

  /** There is nothing left to do. */
  @JsonProperty("Settled")
  SETTLED("Settled");

  private final String text;

  ConditionReason(String text) {
    this.text = text;
  }

  /** Returns the name as resources show it. */
  public String text() {
    return text;
  }
}

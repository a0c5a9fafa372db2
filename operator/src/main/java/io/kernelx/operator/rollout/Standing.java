// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

/** Where one matched node stands with regard to the revision that is wanted. */
public enum Standing {
  /** It is not x86-64, or its kernel is not among those allowed. */
  UNSUPPORTED,
  /** An older tunable of the same constant matches it too. */
  CONFLICT,
  /** Its agent has not reported the kernel that runs now. */
  WAITING_FOR_AGENT,
  /** Its kernel's plan is not there yet. */
  BUILDING,
  /** Its kernel's plan, or the value, was refused. */
  REFUSED,
  /** It has not been told, or has not begun. */
  PENDING,
  /** It changes now. */
  TRANSITIONING,
  /** It runs with the value. */
  APPLIED,
  /** Its agent could not, or must not, apply the value. */
  FAILED,
  /** It rebooted soon after a change and is left alone. */
  QUARANTINED,
  /** It had the value, and its kernel is no longer as it was left. */
  DRIFTED;

  /** Returns whether the node will go on by itself. */
  public boolean inProgress() {
    return switch (this) {
      case WAITING_FOR_AGENT, BUILDING, PENDING, TRANSITIONING, DRIFTED -> true;
      case UNSUPPORTED, CONFLICT, REFUSED, APPLIED, FAILED, QUARANTINED -> false;
    };
  }

  /** Returns whether the node counts as failed. */
  public boolean failed() {
    return switch (this) {
      case CONFLICT, REFUSED, FAILED, QUARANTINED -> true;
      case UNSUPPORTED, WAITING_FOR_AGENT, BUILDING, PENDING, TRANSITIONING, APPLIED, DRIFTED ->
          false;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/** A text that claims to be a plan, or a part of one, and is not. The message is one sentence. */
public final class InvalidPlanException extends Exception {

  public InvalidPlanException(String message) {
    super(message);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;

/** A refusal on the way: its reason and sentence are the result. */
public final class RefusedException extends RuntimeException {
  private final transient Refusal refusal;

  public RefusedException(Reason reason, String message) {
    this(new Refusal(reason, message));
  }

  public RefusedException(Refusal refusal) {
    super(refusal.message());
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}

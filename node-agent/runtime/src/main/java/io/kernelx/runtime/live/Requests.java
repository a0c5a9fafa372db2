// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;

/** What a request must be before anything is looked at in the kernel. */
final class Requests {
  private Requests() {}

  static void check(ApplyRequest request, KernelFacts facts) throws RuntimeRefusedException {
    TunablePlan plan = request.plan();
    if (request.mode() != Mode.IMMEDIATE) {
      throw new RuntimeRefusedException(
          Reason.NOT_YET_SUPPORTED,
          "The mode "
              + request.mode().text()
              + " is not supported in this version; set spec.consistency.mode to Immediate.");
    }
    if (!facts.release().equals(plan.kernel().release())) {
      throw new RuntimeRefusedException(
          Reason.KERNEL_MISMATCH,
          "The plan was made for Linux "
              + plan.kernel().release()
              + ", this node runs "
              + facts.release()
              + "; plan for this node's kernel.");
    }
    try {
      if (!PlanJson.read(PlanJson.write(plan)).digest().equals(plan.digest())) {
        throw new RuntimeRefusedException(
            Reason.INVALID_PLAN,
            "The plan of "
                + plan.constant()
                + " does not have the digest that it claims; fetch it again.");
      }
    } catch (InvalidPlanException e) {
      throw new RuntimeRefusedException(Reason.INVALID_PLAN, e.getMessage(), e);
    }
    if (plan.sites().isEmpty()) {
      throw new RuntimeRefusedException(
          Reason.INVALID_PLAN, "The plan of " + plan.constant() + " has no sites.");
    }
    if (plan.value(request.value()).isEmpty()) {
      throw new RuntimeRefusedException(
          Reason.VALUE_NOT_PROVED,
          "The plan of "
              + plan.constant()
              + " has no proof for the value "
              + request.value()
              + "; plan again with this value.");
    }
    if (request.owner().isEmpty() || request.owner().contains("\n")) {
      throw new RuntimeRefusedException(
          Reason.INVALID_PLAN, "An owner must be named, in one line.");
    }
  }
}

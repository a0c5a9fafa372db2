// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.TransitionRule;
import io.kernelx.sie.plan.TunablePlan;
import java.util.Optional;

/** What a request must be before anything is looked at in the kernel. */
final class Requests {
  private Requests() {}

  static void check(ApplyRequest request, KernelFacts facts) throws RuntimeRefusedException {
    TunablePlan plan = request.plan();
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
    if (request.mode() != Mode.IMMEDIATE) {
      refuseUnlessSpansHold(plan);
    }
  }

  /** The other modes promise something about spans, which the spans must be able to keep. */
  private static void refuseUnlessSpansHold(TunablePlan plan) throws RuntimeRefusedException {
    Optional<Refusal> refusal = TransitionRule.refusal(plan, true);
    if (refusal.isPresent()) {
      throw new RuntimeRefusedException(
          refusal.get().reason() == Refusal.Reason.MISSABLE_SITES
              ? Reason.MISSABLE_SITES
              : Reason.ESCAPES,
          refusal.get().message());
    }
    for (ProbeSite site : plan.sites()) {
      if (plan.spans().stream().noneMatch(span -> holds(span, site))) {
        throw new RuntimeRefusedException(
            Reason.INVALID_PLAN,
            "The probe of %s at %s+0x%x is in no safe span, so only the mode Immediate can be used."
                .formatted(plan.constant(), site.function(), site.offset()));
      }
    }
  }

  private static boolean holds(SafeSpan span, ProbeSite site) {
    return span.function().equals(site.function())
        && span.unit().equals(site.unit())
        && span.start() <= site.offset()
        && site.offset() < span.end();
  }
}

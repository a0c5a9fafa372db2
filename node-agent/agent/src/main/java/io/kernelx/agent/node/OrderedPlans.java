// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the plan that an order names, and holds it against the order and the kernel. Plans are kept
 * by digest, so that an order stays good when its KernelBuild has moved on to a newer plan. Not for
 * several threads.
 */
final class OrderedPlans {
  private static final int KEPT = 32;

  private final PlanSource source;
  private final Map<String, TunablePlan> byDigest =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TunablePlan> eldest) {
          return size() > KEPT;
        }
      };

  OrderedPlans(PlanSource source) {
    this.source = source;
  }

  /** What came of looking for a plan. */
  sealed interface Answer {

    /** The plan, with digest, constant, release and value as ordered. */
    record Found(TunablePlan plan) implements Answer {}

    /** Not there yet; worth another look. */
    record NotYet(String reason, String message) implements Answer {}

    /** Not fit for this order or this kernel. */
    record Unfit(String reason, String message) implements Answer {}
  }

  Answer find(NodeTunable order, KernelFacts facts) {
    String digest = order.plan().digest();
    TunablePlan known = byDigest.get(digest);
    if (known == null) {
      Optional<String> text = source.plan(order.plan().name());
      if (text.isEmpty()) {
        return new Answer.NotYet(
            "PlanNotFound", "KernelBuild " + order.plan().name() + " has no plan yet.");
      }
      try {
        known = PlanJson.read(text.get());
      } catch (InvalidPlanException e) {
        return new Answer.Unfit(
            "InvalidPlan", "KernelBuild " + order.plan().name() + ": " + e.getMessage());
      }
      byDigest.put(known.digest(), known);
      if (!known.digest().equals(digest)) {
        return new Answer.NotYet(
            "PlanChanged",
            "The order asks for plan %s, and KernelBuild %s now has %s; waiting for the operator to catch up."
                .formatted(digest, order.plan().name(), known.digest()));
      }
    }
    return check(known, order, facts);
  }

  private static Answer check(TunablePlan plan, NodeTunable order, KernelFacts facts) {
    if (!plan.kernel().release().equals(facts.release())) {
      return new Answer.Unfit(
          "KernelMismatch",
          "The plan is for kernel %s and this node runs %s."
              .formatted(plan.kernel().release(), facts.release()));
    }
    if (!plan.constant().equals(order.constant())) {
      return new Answer.Unfit(
          "InvalidPlan",
          "The plan is for %s and the order for %s.".formatted(plan.constant(), order.constant()));
    }
    if (plan.value(order.value()).isEmpty()) {
      return new Answer.Unfit(
          "ValueNotProved",
          "The plan %s has no proof for the value %s.".formatted(plan.digest(), order.value()));
    }
    return new Answer.Found(plan);
  }
}

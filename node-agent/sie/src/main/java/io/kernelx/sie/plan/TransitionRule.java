// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import io.kernelx.sie.plan.Refusal.Reason;
import java.util.Optional;

/**
 * Whether a plan can be loaded in the modes that keep every thread clear of a mixture of old and
 * new (PerTask and Global). Immediate asks for nothing of this.
 */
public final class TransitionRule {
  private TransitionRule() {}

  /**
   * Judges a plan.
   *
   * @param hitsCanBeMissed whether the form of enforcement loses hits, as kprobes and BPF programs
   *     do when one runs inside another
   * @return why the plan is for Immediate mode only; or empty
   */
  public static Optional<Refusal> refusal(TunablePlan plan, boolean hitsCanBeMissed) {
    for (Hazard hazard : plan.hazards()) {
      if (hazard.open()) {
        return Optional.of(
            new Refusal(
                Reason.ESCAPES,
                "%s That confines %s to Immediate mode, unless a [[reviewed]] entry of its definition says why it does no harm."
                    .formatted(hazard.message(), plan.constant())));
      }
    }
    if (hitsCanBeMissed) {
      for (SafeSpan span : plan.spans()) {
        if (span.missable()) {
          return Optional.of(
              new Refusal(
                  Reason.MISSABLE_SITES,
                  "One pass through %s (%s) can meet a probe of %s more than once, and a hit that is missed would leave it with a mixture of two values; use Immediate mode."
                      .formatted(span.function(), span.unit(), plan.constant())));
        }
      }
    }
    return Optional.empty();
  }
}

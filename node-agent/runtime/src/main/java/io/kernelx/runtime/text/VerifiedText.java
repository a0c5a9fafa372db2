// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import io.kernelx.runtime.LoadedTunable.TextCoverage;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.ProbeSite;
import java.util.Map;

/**
 * A plan's functions found in the running kernel.
 *
 * @param addresses by {@link #key}, where each function stands
 * @param coverage how much was compared
 */
public record VerifiedText(Map<String, Long> addresses, TextCoverage coverage) {

  public VerifiedText {
    addresses = Map.copyOf(addresses);
  }

  /** Names a function within a plan. */
  static String key(PlannedFunction function) {
    return function.unit() + ":" + function.name();
  }

  /** Returns the address of an offset into a function of the plan. */
  public long address(String unit, String function, int offset) {
    return addresses.get(unit + ":" + function) + offset;
  }

  /** Returns the address of the probed instruction. */
  public long address(ProbeSite site) {
    return address(site.unit(), site.function(), site.offset());
  }
}

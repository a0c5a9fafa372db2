// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.synthesis.SiteDraft;
import java.util.List;

/**
 * A function and its probes, in order of address.
 *
 * @param function V1 and the versions that the probes were found with
 * @param sites the probes; empty if the difference reaches nothing that lives
 */
record FunctionPlan(DifferingFunction function, List<SiteDraft> sites) {
  FunctionPlan {
    sites = List.copyOf(sites);
  }

  boolean is(DifferingFunction other) {
    return function.unit().equals(other.unit()) && function.name().equals(other.name());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.plan.Refusal;
import java.util.List;

/** What the constant changes in one translation unit. */
public sealed interface UnitDifference {

  /**
   * Functions differ, and each difference can be looked at for itself.
   *
   * @param functions by name; empty if the unit does not depend on the constant
   * @param initFunctions names of functions that differ too but are thrown away after boot
   */
  record Different(List<DifferingFunction> functions, List<String> initFunctions)
      implements UnitDifference {
    public Different {
      functions = List.copyOf(functions);
      initFunctions = List.copyOf(initFunctions);
    }
  }

  /** The versions differ in a way that no probe can make up for. */
  record Unusable(Refusal refusal) implements UnitDifference {}
}

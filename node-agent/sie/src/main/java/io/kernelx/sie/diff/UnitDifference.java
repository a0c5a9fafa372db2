// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.plan.Refusal;
import java.util.List;

/** What the constant changes in one translation unit. */
public sealed interface UnitDifference {

  /** Returns the source file, relative to the tree. */
  String unit();

  /**
   * Functions or data differ, and each difference can be looked at for itself.
   *
   * @param functions by section and offset; empty if no code depends on the constant
   * @param initFunctions names of functions that differ too but are thrown away after boot
   * @param initCode those of them whose versions can be laid beside each other
   * @param data variables whose initial content differs
   */
  record Different(
      String unit,
      List<DifferingFunction> functions,
      List<String> initFunctions,
      List<DifferingFunction> initCode,
      List<DifferingData> data)
      implements UnitDifference {
    public Different {
      functions = List.copyOf(functions);
      initFunctions = List.copyOf(initFunctions);
      initCode = List.copyOf(initCode);
      data = List.copyOf(data);
    }

    /** Returns whether the unit does not depend on the constant at all. */
    public boolean none() {
      return functions.isEmpty() && initFunctions.isEmpty() && data.isEmpty();
    }
  }

  /** The versions differ in a way that no probe can make up for. */
  record Unusable(String unit, Refusal refusal) implements UnitDifference {}
}

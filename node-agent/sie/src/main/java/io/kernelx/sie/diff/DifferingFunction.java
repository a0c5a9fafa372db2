// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.plan.PlannedFunction;
import java.util.List;

/**
 * A function whose code depends on the constant.
 *
 * @param unit the source file it was compiled from
 * @param name the symbol
 * @param planned V1's function as plans carry it
 * @param v1 V1's code
 * @param others the other versions' code, in the order in which they were given
 * @param regions by ascending instruction index of V1; at least one
 * @param blockPairs per other version the index of the block that stands for each block of V1
 */
public record DifferingFunction(
    String unit,
    String name,
    PlannedFunction planned,
    FunctionCode v1,
    List<VersionCode> others,
    List<Region> regions,
    List<List<Integer>> blockPairs) {

  public DifferingFunction {
    others = List.copyOf(others);
    regions = List.copyOf(regions);
    blockPairs = blockPairs.stream().map(List::copyOf).toList();
  }

  /**
   * A function compiled with another value.
   *
   * @param value the value, decimal
   * @param code what the compiler made of it
   */
  public record VersionCode(String value, FunctionCode code) {}
}

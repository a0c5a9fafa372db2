// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.diff.DifferingFunction.VersionCode;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.ObjectFunction;
import java.util.List;
import java.util.Optional;

/**
 * Holds one function against one more version of it, whatever the rest of the unit does. Nothing
 * may rest on that but a guess: where branches enter other functions is not looked at.
 */
public final class LoneFunction {
  private LoneFunction() {}

  /**
   * Compares.
   *
   * @param function V1's code, compared with others before
   * @param name of the version
   * @param object the version's unit
   * @return empty if the unit does not have the function exactly once, its control flow is another
   *     one, or nothing differs
   */
  public static Optional<DifferingFunction> compare(
      DifferingFunction function, String name, CodeObject object, Decoder decoder) {
    List<ObjectFunction> same =
        object.functions().stream().filter(f -> f.name().equals(function.name())).toList();
    if (same.size() != 1) {
      return Optional.empty();
    }
    FunctionCode code;
    try {
      code = FlowGraph.of(same.getFirst(), decoder);
    } catch (UndecodableFunctionException e) {
      return Optional.empty();
    }
    List<VersionCode> others = List.of(new VersionCode(name, code));
    return VersionAlignment.of(function.v1(), code)
        .map(
            a ->
                new DifferingFunction(
                    function.unit(),
                    function.name(),
                    function.planned(),
                    function.v1(),
                    others,
                    FunctionDiffer.regions(function.v1(), others, List.of(a)),
                    List.of(a.blockPairs())))
        .filter(f -> !f.regions().isEmpty());
  }
}

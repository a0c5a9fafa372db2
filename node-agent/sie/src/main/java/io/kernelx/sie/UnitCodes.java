// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.diff.FlowGraph;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.UndecodableFunctionException;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.span.CalledCode;
import io.kernelx.sie.span.PassedPointers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The compiled units' functions as the kernel has them, decoded where they are asked for. */
final class UnitCodes {
  private final Decoder decoder;
  private final Map<String, CompiledConstant.Unit> units = new HashMap<>();
  private final Map<String, CalledCode> called = new HashMap<>();
  private final Map<String, PassedPointers> passed = new HashMap<>();

  UnitCodes(Decoder decoder, List<CompiledConstant.Unit> units) {
    this.decoder = decoder;
    units.forEach(u -> this.units.put(u.unit(), u));
  }

  /** Returns the functions of a unit for following calls. */
  CalledCode called(String unit) {
    return called.computeIfAbsent(unit, u -> new CalledCode(symbol -> code(u, symbol)));
  }

  /** Returns what the functions of a unit give each other. */
  PassedPointers passed(String unit) {
    return passed.computeIfAbsent(
        unit, u -> new PassedPointers(units.get(u).v1().functions(), this::decoded));
  }

  /** Returns the other parts of a function, such as {@code f.cold} of {@code f}. */
  List<ObjectFunction> otherParts(String unit, String function) {
    return units.get(unit).v1().functions().stream()
        .filter(f -> !f.name().equals(function) && whole(f.name()).equals(whole(function)))
        .toList();
  }

  private static String whole(String part) {
    return part.replaceAll("\\.cold(\\.\\d+)?$", "");
  }

  private Optional<FunctionCode> code(String unit, String symbol) {
    return Optional.ofNullable(units.get(unit))
        .flatMap(u -> u.v1().function(symbol))
        .flatMap(this::decoded);
  }

  /** Returns what the unit was compiled to. */
  CodeObject object(String unit) {
    return units.get(unit).v1();
  }

  /** Returns a function's instructions, or empty if they cannot be decoded. */
  Optional<FunctionCode> decoded(ObjectFunction function) {
    try {
      return Optional.of(FlowGraph.of(function, decoder));
    } catch (UndecodableFunctionException e) {
      return Optional.empty();
    }
  }
}

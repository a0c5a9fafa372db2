// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.symbolic.Calls;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Where the pointers lead that the functions of a unit give each other: an argument may be the
 * address of a part of something, or of a variable. Followed through one call. For one thread.
 */
public final class PassedPointers {
  private static final int MOST = 8;

  /** How the relocation of a call names a function's first byte. */
  private static final String BEGINNING = "+-4";

  private final List<ObjectFunction> functions;
  private final Function<ObjectFunction, Optional<FunctionCode>> code;
  private final Map<String, List<Map<Register, Pointer>>> known = new HashMap<>();

  /**
   * @param functions all of the unit
   * @param code gives a function's instructions, or empty if they cannot be decoded
   */
  public PassedPointers(
      List<ObjectFunction> functions, Function<ObjectFunction, Optional<FunctionCode>> code) {
    this.functions = List.copyOf(functions);
    this.code = code;
  }

  /**
   * Returns what a function may be given by registers: first nothing known, as by callers outside
   * the unit, then what the unit's own calls give, each once.
   */
  List<Map<Register, Pointer>> to(String function) {
    return known.computeIfAbsent(function, this::found);
  }

  private List<Map<Register, Pointer>> found(String function) {
    Set<Map<Register, Pointer>> ways = new LinkedHashSet<>(List.of(Map.of()));
    functions.stream()
        .filter(f -> names(f, function))
        .flatMap(f -> code.apply(f).stream())
        .forEach(caller -> calls(caller, function, ways));
    return ways.size() <= MOST ? List.copyOf(ways) : List.of(Map.of(), joined(ways));
  }

  private static boolean names(ObjectFunction f, String function) {
    return f.relocations().stream().anyMatch(r -> r.symbol().equals(function))
        || f.localTargets().stream().anyMatch(t -> t.symbol().equals(function));
  }

  private static void calls(FunctionCode caller, String to, Set<Map<Register, Pointer>> ways) {
    LastingPointers pointers = new LastingPointers(caller, new FrameDepth(caller), Map.of());
    for (int k = 0; k < caller.instructions().size(); k++) {
      Instruction i = caller.instructions().get(k);
      boolean away = i.branch().kind() == Branch.Kind.CALL || i.branch().kind() == Branch.Kind.JUMP;
      if (away && Calls.target(i, caller.function()).equals(to + BEGINNING)) {
        ways.add(given(pointers.passed(k)));
      }
    }
  }

  /** Leaves out numbers, and the caller's frame, which is a thing like others to who is called. */
  private static Map<Register, Pointer> given(Map<Register, Pointer> passed) {
    Map<Register, Pointer> given = new EnumMap<>(Register.class);
    passed.forEach(
        (r, p) -> {
          boolean leads = p.root() != Pointer.Root.NUMBER && p.root() != Pointer.Root.FRAME;
          if (leads && !p.equals(Pointer.FRESH)) {
            given.put(r, p);
          }
        });
    return given;
  }

  private static Map<Register, Pointer> joined(Set<Map<Register, Pointer>> ways) {
    Map<Register, Pointer> all = new EnumMap<>(Register.class);
    ways.forEach(w -> w.forEach((r, p) -> all.merge(r, p, Pointer::or)));
    return all;
  }
}

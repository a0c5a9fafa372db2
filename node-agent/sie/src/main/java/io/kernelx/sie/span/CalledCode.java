// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FunctionCode;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the other functions of a unit do with a derived value that they are given. Each function is
 * looked at once per set of registers. For one thread.
 */
public final class CalledCode {

  private record Question(String function, Set<Register> derived) {}

  private final Function<String, Optional<FunctionCode>> code;
  private final Map<Question, Optional<String>> answers = new HashMap<>();

  /**
   * @param code gives a function of the unit by its symbol, or empty if the unit has none of that
   *     name
   */
  public CalledCode(Function<String, Optional<FunctionCode>> code) {
    this.code = code;
  }

  /** Returns an instance for code that is looked at alone. */
  public static CalledCode none() {
    return new CalledCode(_ -> Optional.empty());
  }

  /**
   * Returns how the function, or one that it calls within the unit, decides about the size or place
   * of memory by what it is given.
   *
   * @param function a symbol
   * @param derived the registers that hold derived values when it begins
   */
  Optional<String> sizesMemory(String function, Set<Register> derived) {
    if (derived.isEmpty()) {
      return Optional.empty();
    }
    Question question = new Question(function, EnumSet.copyOf(derived));
    Optional<String> known = answers.get(question);
    if (known == null) {
      // A function that calls itself adds nothing to what its first round finds.
      answers.put(question, Optional.empty());
      known =
          code.apply(function)
              .filter(c -> !c.instructions().isEmpty())
              .flatMap(c -> new ForwardSlice(c, Map.of(0, derived), Set.of(), this).sizesMemory());
      answers.put(question, known);
    }
    return known;
  }
}

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

  private record Question(String function, Set<Register> derived, Set<Long> stack) {}

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
   * @param stack the bytes above its return address that do, counted from where the stack pointer
   *     stands then
   */
  Optional<String> sizesMemory(String function, Set<Register> derived, Set<Long> stack) {
    if (derived.isEmpty() && stack.isEmpty()) {
      return Optional.empty();
    }
    Set<Register> registers = EnumSet.noneOf(Register.class);
    registers.addAll(derived);
    Question question = new Question(function, registers, Set.copyOf(stack));
    Optional<String> known = answers.get(question);
    if (known == null) {
      // A function that calls itself adds nothing to what its first round finds.
      answers.put(question, Optional.empty());
      known =
          code.apply(function)
              .filter(c -> !c.instructions().isEmpty())
              .flatMap(
                  c ->
                      new ForwardSlice(c, Map.of(0, registers), Set.of(), stack, this)
                          .sizesMemory());
      answers.put(question, known);
    }
    return known;
  }
}

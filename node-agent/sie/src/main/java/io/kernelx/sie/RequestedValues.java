// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.PlanOutcome.ValueRefusal;
import io.kernelx.sie.definition.CExpression;
import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The values that somebody asked for, and the numbers that they stand for.
 *
 * @param numbers the texts that have a number, in the order of the request
 * @param invalid those that have none, with the reason
 */
record RequestedValues(Map<String, BigInteger> numbers, List<ValueRefusal> invalid) {

  /**
   * Evaluates.
   *
   * @param texts C integer constant expressions
   * @param evaluator gives the number of a parsed expression, whose text it gets too
   */
  static RequestedValues of(
      List<String> texts, BiFunction<CExpression, String, BigInteger> evaluator) {
    Map<String, BigInteger> numbers = new LinkedHashMap<>();
    List<ValueRefusal> invalid = new ArrayList<>();
    for (String text : texts) {
      try {
        numbers.put(text, evaluator.apply(CExpression.parse(text), text));
      } catch (DefinitionException e) {
        Refusal refusal = new Refusal(Reason.INVALID_DEFINITION, e.getMessage());
        invalid.add(new ValueRefusal(text, refusal));
      } catch (RefusedException e) {
        invalid.add(new ValueRefusal(text, e.refusal()));
      }
    }
    return new RequestedValues(numbers, invalid);
  }

  List<BigInteger> distinct() {
    return numbers.values().stream().distinct().toList();
  }

  /** Returns the numbers in decimal, by the text that was asked for. */
  Map<String, String> decimals() {
    Map<String, String> decimals = new TreeMap<>();
    numbers.forEach((text, number) -> decimals.put(text, number.toString()));
    return decimals;
  }

  /** Returns all refusals under the texts that were asked for. */
  List<ValueRefusal> refused(List<ValueRefusal> byNumber) {
    List<ValueRefusal> all = new ArrayList<>(invalid);
    numbers.forEach(
        (text, number) ->
            byNumber.stream()
                .filter(r -> r.value().equals(number.toString()))
                .forEach(r -> all.add(new ValueRefusal(text, r.refusal()))));
    return all;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which values of the constant a proof is about: one, or all of a range at once.
 *
 * @param name as sentences call it
 * @param v the constant's value, 64 bits
 * @param assumptions one bit each; the proof holds where all are set
 * @param variable the symbol of the variable that holds the value in the compiled version that V1
 *     is compared with; empty if that version has the value compiled in
 * @param held what the variable holds, in its own width
 */
public record Subject(
    String name, Expr v, List<Expr> assumptions, Optional<String> variable, Expr held) {

  private static final String INPUT = "V";

  public Subject {
    assumptions = List.copyOf(assumptions);
  }

  /** One value, which is compiled in. */
  public static Subject of(BigInteger value) {
    Expr v = Bits.constant(64, value.longValue());
    return new Subject("the value " + value, v, List.of(), Optional.empty(), v);
  }

  /**
   * Every value of a range, which a variable holds.
   *
   * @param symbol the variable
   * @param width of the variable, 32 or 64
   * @param signed how the variable is extended to 64 bits
   * @param min the range, which the variable can hold
   * @param max the range, which the variable can hold
   */
  public static Subject range(
      String symbol, int width, boolean signed, BigInteger min, BigInteger max) {
    Expr held = Bits.input(INPUT, width);
    Expr low = Bits.constant(width, min.longValue());
    Expr high = Bits.constant(width, max.longValue());
    List<Expr> inside =
        signed
            ? List.of(Bits.not(Bits.slt(held, low)), Bits.not(Bits.slt(high, held)))
            : List.of(Bits.not(Bits.ult(held, low)), Bits.not(Bits.ult(high, held)));
    return new Subject(
        "values from " + min + " to " + max,
        signed ? Bits.sext(held, 64) : Bits.zext(held, 64),
        inside.stream().filter(a -> !a.isConst(1)).toList(),
        Optional.of(symbol),
        held);
  }

  /** Makes the compared version's variable known to a state. */
  void introduce(MachineState state) {
    variable.ifPresent(symbol -> state.constantVariable(symbol, held));
  }

  /** Returns the value that a counter-example is about, if it is about any in particular. */
  OptionalLong valueIn(Map<String, Long> inputs) {
    Long found = inputs.get(INPUT);
    if (found == null) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        Bits.substitute(v, e -> e.equals(held) ? Bits.constant(held.width(), found) : null)
            .value());
  }
}

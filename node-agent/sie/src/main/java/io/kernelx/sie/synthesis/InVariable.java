// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.IndexRange;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.MachineState;
import java.util.Optional;

/**
 * A function compiled with a variable in the constant's place. It shows what the code computes from
 * the constant where other values do not: where the compiler chooses other instructions for each
 * ({@code lea}, shifts or {@code imul} for a product).
 *
 * @param function V1, compared with that version alone
 * @param symbol the variable's
 * @param width of the variable, in bits
 */
public record InVariable(DifferingFunction function, String symbol, int width) {

  /**
   * V1's code and the other up to where both go on alike.
   *
   * @param region V1's instructions up to that place that the other does not have
   * @param actual what V1's code leaves there
   * @param wanted what the code leaves there that reads V from the variable
   */
  record Meeting(IndexRange region, MachineState actual, MachineState wanted) {}

  /** Executes a block of V1 and its partner; empty if the two do not differ. */
  Optional<Meeting> meeting(int block) {
    return function.regions().stream()
        .filter(r -> r.block() == block)
        .findFirst()
        .map(this::meeting);
  }

  private Meeting meeting(Region region) {
    FunctionCode v1 = function.v1();
    FunctionCode other = function.others().getFirst().code();
    int partner = function.blockPairs().getFirst().get(region.block());
    MachineState actual = MachineState.fresh("a");
    MachineState wanted = MachineState.fresh("w");
    wanted.constantVariable(symbol, Bits.low(ExpressionWriter.V, width));
    IndexRange mine = new IndexRange(v1.blocks().get(region.block()).first(), region.v1().end());
    IndexRange theirs =
        new IndexRange(other.blocks().get(partner).first(), region.others().getFirst().end());
    new Executor(v1.function(), Constants.AS_ENCODED).run(actual, v1.instructionsOf(mine));
    new Executor(other.function(), Constants.AS_ENCODED).run(wanted, other.instructionsOf(theirs));
    return new Meeting(region.v1(), actual, wanted);
  }
}

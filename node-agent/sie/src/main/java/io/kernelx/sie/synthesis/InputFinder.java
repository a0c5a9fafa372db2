// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Changes what goes into the seeds instead of what comes out of them: where {@code add $8, %eax} is
 * to add V, the probe before it adds V - 8. That needs no place behind the seeds, so it serves
 * where a jump has room before them but not after.
 *
 * <ol>
 *   <li>The code from the place to behind the last seed is executed with one register unknown. If
 *       the one register that comes out wrong is that unknown plus something else, the equation has
 *       one solution for every input.
 *   <li>The solution is written in the plan's language and executed: every register bit and flag
 *       that is still needed behind the seeds, and everything done to memory, must be as wanted.
 * </ol>
 */
final class InputFinder {
  private static final String UNKNOWN = "?input";

  private final FunctionCode code;
  private final BasicBlock block;
  private final Constants replaced;
  private final List<SiteDraft> before;
  private final LiveSet needed;
  private final int start;
  private final int after;

  /**
   * @param replaced the seeds' numbers as functions of V
   * @param before the probes that the block has already
   * @param start index of the instruction that the executions begin with; not behind the first seed
   * @param last index of the last seed
   */
  InputFinder(
      FunctionCode code,
      Liveness live,
      BasicBlock block,
      Constants replaced,
      List<SiteDraft> before,
      int start,
      int last) {
    this.code = code;
    this.block = block;
    this.replaced = replaced;
    this.before = before;
    this.start = start;
    this.after = last + 1;
    this.needed = after < block.end() ? live.before(after) : live.atEnd(block.index());
  }

  /**
   * Finds what a probe has to write.
   *
   * @param place index of the probed instruction, not before the start, not behind the last seed
   */
  Optional<RegisterWrite> at(int place) {
    MachineState wanted = executed(replaced, before, after);
    MachineState probe = executed(Constants.AS_ENCODED, before, place);
    Rewrite wrong = new Rewrite(executed(Constants.AS_ENCODED, before, after), wanted, needed);
    if (wrong.differing().size() != 1) {
      return Optional.empty();
    }
    Register result = wrong.differing().iterator().next();
    for (int width : new int[] {32, 64}) {
      for (Register input : LiveSet.GENERAL) {
        if (input != Register.RSP) {
          Optional<RegisterWrite> write =
              solved(place, probe, input, width, result, wanted)
                  .filter(w -> serves(place, w, wanted));
          if (write.isPresent()) {
            return write;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<RegisterWrite> solved(
      int place,
      MachineState probe,
      Register input,
      int width,
      Register result,
      MachineState wanted) {
    Expr unknown = Bits.input(UNKNOWN, width);
    MachineState asked = probe.copy("i");
    asked.write(new RegisterView(input, width, false, "probe"), unknown);
    new ProbedExecution(code, Constants.AS_ENCODED, before, ExpressionWriter.V)
        .run(asked, place, after);
    Expr rest = Bits.sub(Bits.low(asked.register(result), width), unknown);
    if (mentions(rest)) {
      return Optional.empty();
    }
    return Rewrite.writer(probe, Optional.empty())
        .low(Bits.sub(Bits.low(wanted.register(result), width), rest))
        .filter(Rewrite::isShort)
        .map(e -> new RegisterWrite(input, width, e));
  }

  private boolean serves(int place, RegisterWrite write, MachineState wanted) {
    SiteDraft site =
        new SiteDraft(
            block.index(),
            place,
            ProbeSite.Kind.IRREVERSIBLE,
            false,
            0,
            0,
            List.of(),
            List.of(write),
            Optional.empty());
    List<SiteDraft> all = new ArrayList<>(before);
    all.add(site);
    MachineState patched = executed(Constants.AS_ENCODED, all, after);
    Rewrite left = new Rewrite(patched, wanted, needed);
    return left.differing().isEmpty()
        && !left.flagsDiffer()
        && patched.events().equals(wanted.events());
  }

  private MachineState executed(Constants constants, List<SiteDraft> sites, int end) {
    MachineState state = MachineState.fresh("e");
    new ProbedExecution(code, constants, sites, ExpressionWriter.V).run(state, start, end);
    return state;
  }

  private static boolean mentions(Expr e) {
    return e.op() == Expr.Op.INPUT && e.name().equals(UNKNOWN)
        || e.args().stream().anyMatch(InputFinder::mentions);
  }
}

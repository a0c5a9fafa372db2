// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A probe within a function, not yet numbered.
 *
 * @param block index of the block that holds it
 * @param instruction index of the probed instruction in the function
 * @param kind what the constant reaches
 * @param jumpOptimisable whether the kernel can make it a jump
 * @param spanStart offset of the first byte whose work the probe makes up for
 * @param spanEnd offset after the last
 * @param candidates offsets of all places that serve, the best first
 * @param writes registers written before the instruction runs; all are computed before the first
 * @param skip what is done in the instruction's place, if it does not run at all
 */
public record SiteDraft(
    int block,
    int instruction,
    ProbeSite.Kind kind,
    boolean jumpOptimisable,
    int spanStart,
    int spanEnd,
    List<Integer> candidates,
    List<RegisterWrite> writes,
    Optional<Skip> skip) {

  public SiteDraft {
    candidates = List.copyOf(candidates);
    writes = List.copyOf(writes);
  }

  /**
   * One register written.
   *
   * @param register the whole register, or RFLAGS for the flags that arithmetic sets, each in its
   *     own bit, all of them written together
   * @param width bits written, 8 to 64; 32 clears the bits above, 8 and 16 keep them
   */
  public record RegisterWrite(Register register, int width, PlanExpression expression) {

    /** Returns the name that plans use. */
    public String target() {
      return register.ptRegsName().orElse("flags");
    }
  }

  /**
   * The probed instruction is stepped over: the probe does all that it would have done.
   *
   * @param memory its memory operand, if the probe reads or writes it
   * @param store what is stored there, before the registers are written, if anything is
   * @param carried index of an earlier instruction, if the memory is where that one stored; the
   *     probed one then works on registers alone
   */
  public record Skip(
      Optional<Memory> memory, Optional<PlanExpression> store, OptionalInt carried) {}

  /** A write as plans carry it. */
  public record PlannedWrite(String target, int width, PlanExpression expression) {}

  /** Returns the same probe where the kernel cannot make a jump of it. */
  SiteDraft asBreakpoint() {
    return new SiteDraft(
        block, instruction, kind, false, spanStart, spanEnd, candidates, writes, skip);
  }

  /** Returns all writes in the order in which they are made: memory, then registers. */
  public List<PlannedWrite> planned() {
    List<PlannedWrite> all = new ArrayList<>();
    skip.ifPresent(
        s ->
            s.store()
                .ifPresent(
                    e ->
                        all.add(
                            new PlannedWrite(
                                PlanExpression.MEMORY, s.memory().orElseThrow().width(), e))));
    writes.forEach(w -> all.add(new PlannedWrite(w.target(), w.width(), w.expression())));
    return all;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import java.util.List;

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
 * @param writes what is written before the instruction runs; all are computed before the first
 */
public record SiteDraft(
    int block,
    int instruction,
    ProbeSite.Kind kind,
    boolean jumpOptimisable,
    int spanStart,
    int spanEnd,
    List<Integer> candidates,
    List<RegisterWrite> writes) {

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
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import java.util.List;

/**
 * One probe and what it writes.
 *
 * @param id the site's number within the plan, from 0
 * @param function the name of the {@link PlannedFunction} that holds it
 * @param unit that function's unit
 * @param offset of the probed instruction, in bytes from the function's start
 * @param expected the probed instruction's bytes, lower-case hex
 * @param kind what the constant reaches at this site
 * @param jumpOptimisable whether the kernel's rules allow a jump instead of a breakpoint here
 * @param spanStart first byte of the critical span
 * @param spanEnd byte after the critical span
 * @param candidates offsets of every legal place for this probe, the best first, {@code offset}
 *     among them
 * @param writes what the probe writes, before the probed instruction runs
 */
public record ProbeSite(
    int id,
    String function,
    String unit,
    int offset,
    String expected,
    Kind kind,
    boolean jumpOptimisable,
    int spanStart,
    int spanEnd,
    List<Integer> candidates,
    List<Write> writes) {

  public ProbeSite {
    candidates = List.copyOf(candidates);
    writes = List.copyOf(writes);
  }

  /** What the constant reaches. */
  public enum Kind {
    REGISTER,
    IRREVERSIBLE,
    FLAGS,
    STORE,
    DATA
  }

  /**
   * A write into the probed registers.
   *
   * @param target the 64-bit register's name as in {@code struct pt_regs} ({@code ax}, {@code
   *     r12}), or {@code flags}
   * @param width bits written, from bit 0; the bits above are kept, except that 32 clears them as
   *     the processor does
   * @param expression the value, in the plan's expression language ({@code docs/architecture.md}),
   *     over {@code V} and the registers as they stand at the probe
   */
  public record Write(String target, int width, String expression) {}
}

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
 * @param writes what the probe writes, before the probed instruction runs or in its place
 * @param skip 0, or the probed instruction's length in bytes: then the instruction is stepped over,
 *     and the probe does all that it would have done
 * @param memory the skipped instruction's memory operand if the probe reads or writes it, or, where
 *     that one works on registers alone, the place in the frame that an earlier instruction stored
 *     to; else empty
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
    List<Write> writes,
    int skip,
    List<Memory> memory) {

  public ProbeSite {
    candidates = List.copyOf(candidates);
    writes = List.copyOf(writes);
    memory = List.copyOf(memory);
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
   * A place in memory: {@code base + index * scale + displacement}, in the flat address space.
   *
   * @param base the 64-bit register's name as in {@code struct pt_regs}; {@code ip} if the address
   *     counts from the end of the instruction; or empty
   * @param index the register's name, or empty
   * @param scale 1, 2, 4 or 8
   * @param displacement in bytes; 0 if the linker fills it in
   * @param linked where in the instruction the four bytes of the displacement are that the linker
   *     fills in, or -1 if there are none
   * @param width bits read or written: 8, 16, 32 or 64
   */
  public record Memory(
      String base, String index, int scale, long displacement, int linked, int width) {}

  /**
   * A write into the probed registers, or to the skipped instruction's memory operand.
   *
   * @param target the 64-bit register's name as in {@code struct pt_regs} ({@code ax}, {@code
   *     r12}), {@code flags}, or {@link PlanExpression#MEMORY}
   * @param width bits written, from bit 0; the bits above are kept, except that 32 clears them as
   *     the processor does
   * @param expression the value, in the plan's expression language ({@code docs/architecture.md}),
   *     over {@code V}, the registers as they stand at the probe, and the memory operand
   */
  public record Write(String target, int width, String expression) {}
}

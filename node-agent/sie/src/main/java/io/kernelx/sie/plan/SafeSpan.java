// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * Where a frame may not stand while the value changes: half open over instructions.
 *
 * @param function the symbol
 * @param unit the source file it was compiled from
 * @param start first byte, from the function's start
 * @param end byte after the last
 * @param source which analysis the span comes from
 * @param missable whether one way through the span can meet probes more than once, so that a hit
 *     that is missed leaves a thread with the old value in one place and the new one in another
 * @param note how a given span was enlarged, or why given spans were not taken; empty if there is
 *     nothing to say
 */
public record SafeSpan(
    String function,
    String unit,
    int start,
    int end,
    Source source,
    boolean missable,
    String note) {

  /** The analyses that yield spans, the first that answers wins. */
  public enum Source {
    INLINE,
    LLVM,
    SLICE,
    WHOLE_FUNCTION
  }
}

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
 */
public record SafeSpan(String function, String unit, int start, int end, Source source) {

  /** The analyses that yield spans, the first that answers wins. */
  public enum Source {
    INLINE,
    LLVM,
    SLICE,
    WHOLE_FUNCTION
  }
}

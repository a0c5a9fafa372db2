// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.SafeSpan.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The safe spans and hazards of one function.
 *
 * <p>Spans come from the first source that answers: the definition; our own slice where every way
 * that a derived value takes is seen to end within the function; else the whole function. A given
 * span is enlarged to the critical spans, the probes, and every use that the slice finds.
 */
public final class SpanAnalysis {

  /**
   * @param spans by start; at least one
   * @param hazards by offset
   * @param sizesMemory how a derived value decides about the size or place of memory, if one does
   */
  public record Result(List<SafeSpan> spans, List<Hazard> hazards, Optional<String> sizesMemory) {
    public Result {
      spans = List.copyOf(spans);
      hazards = List.copyOf(hazards);
    }
  }

  /**
   * A range of code, half open, offsets from the function's start.
   *
   * @param start first byte
   * @param end byte after the last
   */
  public record Range(int start, int end) {}

  private final String unit;
  private final FunctionCode code;

  public SpanAnalysis(String unit, FunctionCode code) {
    this.unit = unit;
    this.code = code;
  }

  /**
   * Analyses.
   *
   * @param critical critical spans, from what a probe makes up for to the end of the probe's
   *     candidate window
   * @param probes probed instruction's index to the registers written there; RIP if the probe does
   *     the instruction's work
   * @param declared spans of the definition for this function; each reaches over the instruction at
   *     its end
   */
  public Result analyse(
      List<Range> critical, Map<Integer, Set<Register>> probes, List<Range> declared) {
    ForwardSlice slice = new ForwardSlice(code, probes);
    int start = Integer.MAX_VALUE;
    int end = 0;
    for (Range r : critical) {
      start = Math.min(start, r.start());
      end = Math.max(end, r.end());
    }
    for (int i : slice.instructions()) {
      Instruction used = code.instructions().get(i);
      start = Math.min(start, used.offset());
      end = Math.max(end, used.end());
    }
    int length = code.function().text().length();
    List<SafeSpan> spans = new ArrayList<>();
    for (Range r : declared) {
      int over = reachOver(r.end());
      if (0 <= r.start() && r.start() < over && over <= length) {
        spans.add(span(Math.min(start, r.start()), Math.max(end, over), Source.INLINE));
      }
    }
    if (!spans.isEmpty()) {
      int from = spans.stream().mapToInt(SafeSpan::start).min().orElseThrow();
      int to = spans.stream().mapToInt(SafeSpan::end).max().orElseThrow();
      spans = List.of(span(from, to, Source.INLINE));
    } else if (slice.closed()) {
      spans = List.of(span(start, end, Source.SLICE));
    } else {
      spans = List.of(span(0, length, Source.WHOLE_FUNCTION));
    }
    return new Result(spans, slice.hazards(), slice.sizesMemory());
  }

  /** Returns the end of the instruction that holds the byte. */
  private int reachOver(int offset) {
    for (Instruction i : code.instructions()) {
      if (i.offset() <= offset && offset < i.end()) {
        return i.end();
      }
    }
    return offset;
  }

  private SafeSpan span(int start, int end, Source source) {
    return new SafeSpan(code.function().name(), unit, start, end, source);
  }
}

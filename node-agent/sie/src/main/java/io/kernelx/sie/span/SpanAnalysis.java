// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.SafeSpan.Source;
import io.kernelx.sie.symbolic.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The safe span and the hazards of one function.
 *
 * <ol>
 *   <li>The slice of the probes' writes says what must be inside whatever the source: the critical
 *       spans, the probes' windows, every use, and all between.
 *   <li>The span is given by the first of these that answers: the definition; the LLVM analysis;
 *       our own slice where every way that a derived value takes is seen to end within the
 *       function; else it is the whole function.
 *   <li>Of a given source every range must lie in the function, else the source speaks of another
 *       build of it and none of its ranges is taken. What is taken is enlarged to step 1, and the
 *       span says so.
 * </ol>
 */
public final class SpanAnalysis {

  /**
   * @param span where a frame may not stand
   * @param hazards by offset, none of them reviewed
   * @param sizesMemory how a derived value decides about the size or place of memory, if one does
   * @param elsewhere whether the function's other parts ({@code .cold}) have to count as inside too
   */
  public record Result(
      SafeSpan span, List<Hazard> hazards, Optional<String> sizesMemory, boolean elsewhere) {
    public Result {
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

  /**
   * A range that somebody else worked out.
   *
   * @param start first byte
   * @param end the last instruction, which the span reaches over
   * @param source {@code INLINE} or {@code LLVM}
   */
  public record Given(int start, int end, Source source) {}

  private record Choice(Range range, Source source, String note) {}

  private final String unit;
  private final FunctionCode code;
  private final CalledCode called;
  private final int length;

  /**
   * @param called the unit's other functions
   */
  public SpanAnalysis(String unit, FunctionCode code, CalledCode called) {
    this.unit = unit;
    this.code = code;
    this.called = called;
    this.length = code.function().text().length();
  }

  /**
   * Analyses.
   *
   * @param critical critical spans, from what a probe makes up for to the end of the probe's
   *     candidate window; at least one
   * @param probes probed instruction's index to the registers written there; RIP if the probe does
   *     the instruction's work
   * @param given ranges for this function and this kernel
   */
  public Result analyse(
      List<Range> critical, Map<Integer, Set<Register>> probes, List<Given> given) {
    ForwardSlice slice = new ForwardSlice(code, probes, Set.of(), called);
    Range needed = needed(critical, slice);
    Choice choice = choose(needed, slice, given);
    Range range = choice.range();
    SafeSpan span =
        new SafeSpan(
            code.function().name(),
            unit,
            range.start(),
            range.end(),
            choice.source(),
            Passes.meetTwo(code, probes.keySet(), range.start(), range.end()),
            choice.note());
    boolean elsewhere = choice.source() == Source.WHOLE_FUNCTION || slice.lost();
    return new Result(span, slice.hazards(), slice.sizesMemory(), elsewhere);
  }

  /**
   * What is left of a value when the code that made it has run.
   *
   * @param effect part of a sentence; empty if nothing is left
   * @param memory whether it decided about the size or place of memory
   */
  public record Lasting(Optional<String> effect, boolean memory) {}

  /**
   * Follows what differs in a function to where it leaves it. What is only printed is gone.
   *
   * @param seeds the instructions that differ between versions
   * @param called the unit's other functions
   */
  public static Lasting lasting(FunctionCode code, Set<Integer> seeds, CalledCode called) {
    ForwardSlice slice = new ForwardSlice(code, Map.of(), seeds, called);
    if (slice.sizesMemory().isPresent()) {
      return new Lasting(slice.sizesMemory(), true);
    }
    Optional<String> left =
        slice.hazards().stream()
            .filter(h -> !printed(code, h.offset()))
            .map(Hazard::message)
            .findFirst();
    return new Lasting(left, false);
  }

  private static boolean printed(FunctionCode code, int offset) {
    return code.instructions().stream()
        .filter(i -> i.offset() == offset)
        .anyMatch(i -> Calls.target(i, code.function()).startsWith("_printk+"));
  }

  private Range needed(List<Range> critical, ForwardSlice slice) {
    int start = length;
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
    return new Range(start, end);
  }

  private Choice choose(Range needed, ForwardSlice slice, List<Given> given) {
    List<String> notes = new ArrayList<>();
    for (Source source : List.of(Source.INLINE, Source.LLVM)) {
      List<Given> ranges = given.stream().filter(g -> g.source() == source).distinct().toList();
      Optional<Given> outside = ranges.stream().filter(g -> !within(g)).findFirst();
      if (outside.isPresent()) {
        notes.add(
            "The range 0x%x - 0x%x of %s is not within %s, so none of that source is taken."
                .formatted(
                    outside.get().start(),
                    outside.get().end(),
                    from(source),
                    code.function().name()));
      } else if (!ranges.isEmpty()) {
        return enlarged(needed, ranges, source, notes);
      }
    }
    Range whole = new Range(0, length);
    return slice.closed()
        ? new Choice(needed, Source.SLICE, String.join(" ", notes))
        : new Choice(whole, Source.WHOLE_FUNCTION, String.join(" ", notes));
  }

  private Choice enlarged(Range needed, List<Given> ranges, Source source, List<String> notes) {
    int start = ranges.stream().mapToInt(Given::start).min().orElseThrow();
    int end = ranges.stream().mapToInt(g -> reachOver(g.end())).max().orElseThrow();
    Range all = new Range(Math.min(start, needed.start()), Math.max(end, needed.end()));
    if (!all.equals(new Range(start, end))) {
      notes.add(
          "Enlarged from 0x%x - 0x%x, as given by %s, to the probes and every use."
              .formatted(start, end, from(source)));
    }
    return new Choice(all, source, String.join(" ", notes));
  }

  private static String from(Source source) {
    return source == Source.INLINE ? "the definition" : "the LLVM analysis";
  }

  private boolean within(Given g) {
    return 0 <= g.start() && g.start() <= g.end() && g.start() < length && g.end() <= length;
  }

  /** Returns the end of the instruction that holds the byte. */
  private int reachOver(int offset) {
    return code.instructions().stream()
        .filter(i -> i.offset() <= offset && offset < i.end())
        .mapToInt(Instruction::end)
        .findFirst()
        .orElse(offset);
  }
}

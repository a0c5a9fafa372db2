// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.Definition.DeclaredSpan;
import io.kernelx.sie.definition.Definition.Origin;
import io.kernelx.sie.definition.Definition.Reviewed;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.SafeSpan.Source;
import io.kernelx.sie.span.SpanAnalysis;
import io.kernelx.sie.span.SpanAnalysis.Given;
import io.kernelx.sie.span.SpanAnalysis.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects a plan's spans and hazards, function by function: what the definition gives for this
 * kernel goes into the analysis, what it has reviewed is put to the hazards, and where a function
 * goes on in another part, that part is a span too.
 */
final class PlannedSpans {
  private final Definition definition;
  private final String release;
  private final UnitCodes codes;
  private final List<SafeSpan> spans = new ArrayList<>();
  private final List<Hazard> hazards = new ArrayList<>();
  private final List<PlannedFunction> parts = new ArrayList<>();

  PlannedSpans(Definition definition, String release, UnitCodes codes) {
    this.definition = definition;
    this.release = release;
    this.codes = codes;
  }

  /**
   * Adds a function that holds probes.
   *
   * @param critical critical spans with the probes' windows
   * @param probes probed instruction's index to the registers written there
   * @throws RefusedException {@code SizesMemory}
   */
  void add(DifferingFunction function, List<Range> critical, Map<Integer, Set<Register>> probes) {
    SpanAnalysis.Result result =
        new SpanAnalysis(function.unit(), function.v1(), codes.called(function.unit()))
            .analyse(critical, probes, given(function.name()));
    if (result.sizesMemory().isPresent()) {
      throw new RefusedException(
          Reason.SIZES_MEMORY,
          "%s cannot be changed while the kernel runs: %s (%s), and that memory was laid out for the compiled value."
              .formatted(definition.constant(), result.sizesMemory().get(), function.unit()));
    }
    spans.add(result.span());
    result.hazards().stream().map(this::reviewed).forEach(hazards::add);
    if (result.elsewhere()) {
      codes.otherParts(function.unit(), function.name()).forEach(p -> part(function, p));
    }
  }

  private List<Given> given(String function) {
    return definition.safeSpans().stream()
        .filter(s -> s.function().equals(function))
        .filter(s -> s.kernel().map(release::equals).orElse(true))
        .map(s -> new Given(s.start(), s.end(), source(s)))
        .toList();
  }

  private static Source source(DeclaredSpan span) {
    return span.origin() == Origin.DEFINITION ? Source.INLINE : Source.LLVM;
  }

  private Hazard reviewed(Hazard hazard) {
    if (!hazard.kind().escapes()) {
      return hazard;
    }
    String kind =
        switch (hazard.kind()) {
          case RETURN -> "return";
          case TAIL_CALL -> "tailCall";
          case STORE -> "store";
          case CALL_ARGUMENT -> "callArgument";
        };
    return definition.reviewed().stream()
        .filter(r -> r.covers(kind, hazard.function()))
        .findFirst()
        .map(Reviewed::why)
        .map(hazard::withReview)
        .orElse(hazard);
  }

  private void part(DifferingFunction function, ObjectFunction part) {
    PlannedFunction planned = part.planned(function.unit(), function.planned().module());
    if (!parts.contains(planned)) {
      parts.add(planned);
    }
    spans.add(
        new SafeSpan(
            part.name(),
            function.unit(),
            0,
            part.text().length(),
            Source.WHOLE_FUNCTION,
            false,
            "The other part of %s.".formatted(function.name())));
  }

  List<SafeSpan> spans() {
    return List.copyOf(spans);
  }

  List<Hazard> hazards() {
    return List.copyOf(hazards);
  }

  /**
   * Returns the plan's functions: those given, and the parts that hold spans without probes.
   *
   * @param probed the functions that hold probes, in the plan's order
   */
  List<PlannedFunction> functions(List<PlannedFunction> probed) {
    List<PlannedFunction> all = new ArrayList<>(probed);
    parts.stream().filter(p -> !all.contains(p)).forEach(all::add);
    all.sort(Comparator.comparing(PlannedFunction::unit).thenComparing(PlannedFunction::name));
    return all;
  }
}

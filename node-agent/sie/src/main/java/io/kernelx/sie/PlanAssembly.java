// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.PlannedValue.Form;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.PlannedValue.SiteValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Write;
import io.kernelx.sie.plan.ProvedRange;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.plan.ValueRange;
import io.kernelx.sie.span.SpanAnalysis.Range;
import io.kernelx.sie.synthesis.JumpPlaces;
import io.kernelx.sie.synthesis.SiteDraft;
import io.kernelx.sie.synthesis.SiteDraft.PlannedWrite;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import io.kernelx.sie.synthesis.SiteDraft.Skip;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Puts a plan together from what was found and proved. */
final class PlanAssembly {

  private static final ValueRange ANY =
      new ValueRange(
          BigInteger.ONE.shiftLeft(63).negate().toString(),
          BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE).toString());

  private final Definition definition;
  private final KernelIdentity kernel;
  private final BigInteger original;
  private final List<ProbeSite> sites = new ArrayList<>();
  private final List<SiteDraft> drafts = new ArrayList<>();
  private final List<JumpPlaces.Legal> jumpPlaces = new ArrayList<>();
  private final List<PlannedFunction> planned = new ArrayList<>();
  private final PlannedSpans spans;

  PlanAssembly(Definition definition, KernelIdentity kernel, BigInteger original, UnitCodes codes) {
    this.definition = definition;
    this.kernel = kernel;
    this.original = original;
    this.spans = new PlannedSpans(definition, kernel.release(), codes);
  }

  /**
   * Assembles.
   *
   * @param values the proved values that the definition allows, ascending
   * @param closed where the probes were proved for all values at once
   * @throws RefusedException {@code SizesMemory}
   */
  TunablePlan plan(
      List<String> units,
      List<FunctionPlan> functions,
      SortedMap<BigInteger, Proof> values,
      List<ProvedRange> closed) {
    functions.stream()
        .filter(f -> !f.sites().isEmpty())
        .sorted(
            Comparator.comparing((FunctionPlan f) -> f.function().unit())
                .thenComparing(f -> f.function().name()))
        .forEach(this::function);
    return PlanJson.withDigest(
        new TunablePlan(
            TunablePlan.SCHEMA,
            SieCompiler.VERSION,
            definition.constant(),
            definition.digest(),
            kernel,
            original.toString(),
            range(definition),
            units,
            spans.functions(planned),
            sites,
            spans.spans(),
            spans.hazards(),
            values.entrySet().stream()
                .map(v -> value(v.getKey(), v.getValue(), form(v.getKey(), closed)))
                .toList(),
            closed,
            ""));
  }

  /** Returns for each site of the plan where its probe could be a jump. */
  List<JumpPlaces.Legal> jumpPlaces() {
    return List.copyOf(jumpPlaces);
  }

  static ValueRange range(Definition definition) {
    return definition
        .range()
        .map(r -> new ValueRange(r.min().toString(), r.max().toString()))
        .orElse(ANY);
  }

  private void function(FunctionPlan f) {
    FunctionCode code = f.function().v1();
    planned.add(f.function().planned());
    List<Range> critical = new ArrayList<>();
    Map<Integer, Set<Register>> probes = new HashMap<>();
    JumpPlaces places = new JumpPlaces(code);
    for (SiteDraft s : f.sites()) {
      int probed = code.instructions().get(s.instruction()).offset();
      int last = s.candidates().stream().mapToInt(c -> c).max().orElse(probed);
      int end = Math.max(s.spanEnd(), endOf(code, Math.max(last, probed)));
      critical.add(new Range(s.spanStart(), end));
      int from = s.skip().map(Skip::carried).flatMap(PlanAssembly::boxed).orElse(s.instruction());
      probes.computeIfAbsent(from, _ -> new HashSet<>()).addAll(written(s));
      site(f, s, probed);
      jumpPlaces.add(places.of(s));
    }
    spans.add(f.function(), critical, probes);
  }

  private static Optional<Integer> boxed(OptionalInt i) {
    return i.isPresent() ? Optional.of(i.getAsInt()) : Optional.empty();
  }

  private static Set<Register> written(SiteDraft s) {
    return s.skip().isPresent()
        ? Set.of(Register.RIP)
        : s.writes().stream().map(RegisterWrite::register).collect(Collectors.toSet());
  }

  private static int endOf(FunctionCode code, int offset) {
    return code.instructions().stream()
        .filter(i -> i.offset() == offset)
        .findFirst()
        .orElseThrow()
        .end();
  }

  private void site(FunctionPlan f, SiteDraft s, int offset) {
    drafts.add(s);
    Instruction probed = f.function().v1().instructions().get(s.instruction());
    sites.add(
        new ProbeSite(
            sites.size(),
            f.function().name(),
            f.function().unit(),
            offset,
            probed.bytes().hex(),
            s.kind(),
            s.jumpOptimisable(),
            s.spanStart(),
            s.spanEnd(),
            s.candidates(),
            s.planned().stream()
                .map(w -> new Write(w.target(), w.width(), w.expression().text()))
                .toList(),
            s.skip().isPresent() ? probed.length() : 0,
            s.skip().flatMap(Skip::memory).map(List::of).orElse(List.of())));
  }

  private static Form form(BigInteger v, List<ProvedRange> closed) {
    boolean inside =
        closed.stream()
            .anyMatch(
                r ->
                    v.compareTo(new BigInteger(r.min())) >= 0
                        && v.compareTo(new BigInteger(r.max())) <= 0);
    return inside ? Form.CLOSED : Form.OBSERVED;
  }

  private PlannedValue value(BigInteger v, Proof proof, Form form) {
    List<SiteValue> perSite = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      perSite.add(
          new SiteValue(i, drafts.get(i).planned().stream().map(w -> at(w, v).text()).toList()));
    }
    return new PlannedValue(v.toString(), form, proof, perSite);
  }

  private static PlanExpression at(PlannedWrite w, BigInteger v) {
    PlanExpression e = w.expression().at(v.longValue());
    return e instanceof PlanExpression.Number n && w.width() < 64
        ? new PlanExpression.Number(n.value() & (1L << w.width()) - 1)
        : e;
  }
}

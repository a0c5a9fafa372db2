// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.PlanOutcome.ValueRefusal;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.diff.DifferingData;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.FunctionSynthesis;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * From the objects to the plan.
 *
 * <ol>
 *   <li>V1 is compared with two sample values, the probes are found, and proved at V1, V2 and V3.
 *       If that fails, further pairs of samples are tried: values may fold to V1's code, or compile
 *       to another shape. The first refusal is the answer if none works.
 *   <li>Each requested value is compiled and proved for itself; where that fails, the probes are
 *       looked for anew with that value among the samples.
 *   <li>The plan holds every value that was proved and that the definition allows.
 * </ol>
 */
final class ConstantPlanner {

  private static final int[][] PAIRS = {{0, 1}, {2, 3}, {0, 2}, {4, 5}};

  private final Decoder decoder;
  private final UnitDiffer differ;
  private final Solver solver;
  private final Stages stages;

  ConstantPlanner(Decoder decoder, Solver solver, Stages stages) {
    this.decoder = decoder;
    this.differ = new UnitDiffer(decoder);
    this.solver = solver;
    this.stages = stages;
  }

  /** A plan and the values that are not in it. */
  record Result(TunablePlan plan, List<ValueRefusal> refused) {}

  private record Found(
      List<BigInteger> samples, List<FunctionPlan> functions, TreeMap<BigInteger, Proof> proofs) {}

  /**
   * Plans.
   *
   * @throws RefusedException if there is no plan
   */
  Result plan(
      Definition definition,
      KernelIdentity kernel,
      CompiledConstant constant,
      List<BigInteger> requested) {
    compileAhead(definition, constant, requested);
    Found found = find(definition, constant);
    List<ValueRefusal> refused = new ArrayList<>();
    List<String> units = new ArrayList<>();
    Set<BigInteger> open = new LinkedHashSet<>(requested);
    open.removeAll(found.proofs().keySet());
    for (BigInteger value : open) {
      Optional<Refusal> refusal = prove(definition, constant, found, value);
      if (refusal.map(Refusal::reason).equals(Optional.of(Reason.NOT_PROVABLE))) {
        Optional<Found> better = withSample(definition, constant, found, value);
        if (better.isPresent()) {
          found = better.get();
          refusal = Optional.empty();
        }
      }
      refusal.ifPresent(r -> refused.add(new ValueRefusal(value.toString(), r)));
    }
    List<CompiledConstant.Unit> compiled = constant.compile(List.of());
    compiled.forEach(u -> units.add(u.unit()));
    found.proofs().keySet().removeIf(v -> !allowed(definition, v));
    PlanAssembly assembly =
        new PlanAssembly(definition, kernel, constant.original(), new UnitCodes(decoder, compiled));
    Found last = found;
    TunablePlan plan =
        stages.time("plan", () -> assembly.plan(units, last.functions(), last.proofs()));
    return new Result(plan, refused);
  }

  /** Compiles all that will be needed at once, which keeps every core busy. */
  private void compileAhead(
      Definition definition, CompiledConstant constant, List<BigInteger> requested) {
    List<BigInteger> values =
        new ArrayList<>(constant.samples().subList(0, Math.min(2, constant.samples().size())));
    requested.stream()
        .filter(v -> allowed(definition, v) && !values.contains(v))
        .forEach(values::add);
    values.remove(constant.original());
    try {
      stages.time("compile", () -> constant.compile(values));
    } catch (RefusedException e) {
      // Whichever value it was is refused for itself where it is needed.
      return;
    }
  }

  /**
   * Looks again with one more value to go by: two samples may show more than one f, or none but a
   * table. Taken only if everything that was proved is proved again.
   */
  private Optional<Found> withSample(
      Definition definition, CompiledConstant constant, Found found, BigInteger value) {
    List<BigInteger> samples = new ArrayList<>(found.samples());
    samples.add(value);
    try {
      Found again = attempt(definition, constant, samples);
      for (BigInteger known : found.proofs().keySet()) {
        if (!again.proofs().containsKey(known)
            && prove(definition, constant, again, known).isPresent()) {
          return Optional.empty();
        }
      }
      return Optional.of(again);
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  private static boolean allowed(Definition definition, BigInteger value) {
    return definition.range().map(r -> r.contains(value)).orElse(true);
  }

  private Optional<Refusal> prove(
      Definition definition, CompiledConstant constant, Found found, BigInteger value) {
    if (!allowed(definition, value)) {
      var range = PlanAssembly.range(definition);
      return Optional.of(
          new Refusal(
              Reason.VALUE_OUT_OF_RANGE,
              "%s allows %s to %s, not %s."
                  .formatted(definition.constant(), range.min(), range.max(), value)));
    }
    try {
      List<CompiledConstant.Unit> units =
          stages.time("compile", () -> constant.compile(List.of(value)));
      ValueProver.Result result =
          stages.time(
              "prove",
              () ->
                  new ValueProver(differ, solver, constant.original(), found.functions())
                      .prove(value, units));
      result.proof().ifPresent(p -> found.proofs().put(value, p));
      return result.refusal();
    } catch (RefusedException e) {
      return Optional.of(e.refusal());
    }
  }

  private Found find(Definition definition, CompiledConstant constant) {
    RefusedException first = null;
    for (int[] pair : PAIRS) {
      List<BigInteger> samples = constant.samples();
      if (pair[1] >= samples.size()) {
        continue;
      }
      try {
        return attempt(definition, constant, List.of(samples.get(pair[0]), samples.get(pair[1])));
      } catch (RefusedException e) {
        first = first == null ? e : first;
      }
    }
    throw first != null
        ? first
        : new RefusedException(
            Reason.NO_CODE_DIFFERENCE,
            "%s leaves no two other values to compare with; widen its range."
                .formatted(definition.constant()));
  }

  private Found attempt(
      Definition definition, CompiledConstant constant, List<BigInteger> samples) {
    List<CompiledConstant.Unit> units = stages.time("compile", () -> constant.compile(samples));
    List<UnitDifference> differences =
        stages.time("diff", () -> units.stream().map(u -> diff(u, samples)).toList());
    Optional<Refusal> refusal = UnitDiffer.refusal(definition.constant(), differences);
    if (refusal.isPresent()) {
      throw refuse(refusal.get());
    }
    refusal =
        new FixedUses(definition.constant(), new UnitCodes(decoder, units)).refusal(differences);
    if (refusal.isPresent()) {
      throw refuse(refusal.get());
    }
    List<FunctionPlan> functions = new ArrayList<>();
    for (UnitDifference d : differences) {
      Different different = (Different) d;
      if (!different.data().isEmpty()) {
        throw refuse(inData(definition, different.data().getFirst()));
      }
      for (DifferingFunction f : different.functions()) {
        if (functions.stream().anyMatch(p -> p.is(f))) {
          throw new RefusedException(
              Reason.NO_LEGAL_SITE,
              "%s has several functions named %s, which cannot be told apart."
                  .formatted(f.unit(), f.name()));
        }
        functions.add(stages.time("synthesis", () -> synthesise(f, constant.original())));
      }
    }
    TreeMap<BigInteger, Proof> proofs = new TreeMap<>();
    ValueProver prover = new ValueProver(differ, solver, constant.original(), functions);
    List<BigInteger> known = new ArrayList<>(samples);
    known.add(constant.original());
    for (BigInteger value : known) {
      ValueProver.Result result = stages.time("prove", () -> prover.prove(value, units));
      if (result.refusal().isPresent()) {
        throw refuse(result.refusal().get());
      }
      result.proof().ifPresent(p -> proofs.put(value, p));
    }
    return new Found(samples, functions, proofs);
  }

  private UnitDifference diff(CompiledConstant.Unit unit, List<BigInteger> samples) {
    List<UnitVersion> others =
        samples.stream().map(v -> new UnitVersion(v.toString(), unit.others().get(v))).toList();
    return differ.diff(unit.unit(), unit.module(), unit.v1(), others);
  }

  private FunctionPlan synthesise(DifferingFunction function, BigInteger original) {
    return switch (new FunctionSynthesis(function, original, solver).synthesise()) {
      case Outcome.Found found -> new FunctionPlan(function, found.sites());
      case Outcome.Refused r -> throw refuse(r.refusal());
    };
  }

  private static Refusal inData(Definition definition, DifferingData data) {
    return data.writable()
        ? new Refusal(
            Reason.NO_LEGAL_SITE,
            "%s is the initial content of %s in %s, and this version changes code only."
                .formatted(definition.constant(), data.symbol(), data.unit()))
        : new Refusal(
            Reason.READ_ONLY_DATA,
            "%s is part of %s in %s, which the kernel keeps read-only."
                .formatted(definition.constant(), data.symbol(), data.unit()));
  }

  private static RefusedException refuse(Refusal refusal) {
    return new RefusedException(refusal.reason(), refusal.message());
  }
}

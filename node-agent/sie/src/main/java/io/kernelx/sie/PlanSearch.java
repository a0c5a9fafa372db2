// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.LoneFunction;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.FunctionSynthesis;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import io.kernelx.sie.synthesis.InVariable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Finds and proves the probes, for given values to compare V1 with. For one thread. */
final class PlanSearch {

  private final Decoder decoder;
  private final UnitDiffer differ;
  private final Solver solver;
  private final Stages stages;
  private final Definition definition;
  private final CompiledConstant constant;

  PlanSearch(
      Decoder decoder,
      Solver solver,
      Stages stages,
      Definition definition,
      CompiledConstant constant) {
    this.decoder = decoder;
    this.differ = new UnitDiffer(decoder);
    this.solver = solver;
    this.stages = stages;
    this.definition = definition;
    this.constant = constant;
  }

  /**
   * Probes, and the values that they were proved at.
   *
   * @param samples the values that V1 was compared with
   * @param proofs mutable
   */
  record Found(
      List<BigInteger> samples, List<FunctionPlan> functions, TreeMap<BigInteger, Proof> proofs) {
    boolean holds(String unit, String function) {
      return functions.stream()
          .anyMatch(f -> f.function().unit().equals(unit) && f.function().name().equals(function));
    }
  }

  CompiledConstant constant() {
    return constant;
  }

  String name() {
    return definition.constant();
  }

  /**
   * Compares V1 with other values.
   *
   * @throws RefusedException if a unit does not compile at one of them
   */
  List<UnitDifference> compare(List<BigInteger> samples) {
    List<CompiledConstant.Unit> units = stages.time("compile", () -> constant.compile(samples));
    return stages.time("diff", () -> units.stream().map(u -> diff(u, samples)).toList());
  }

  private UnitDifference diff(CompiledConstant.Unit unit, List<BigInteger> samples) {
    List<UnitVersion> others =
        samples.stream().map(v -> new UnitVersion(v.toString(), unit.others().get(v))).toList();
    return differ.diff(unit.unit(), unit.module(), unit.v1(), others);
  }

  /**
   * Finds the probes and proves them at V1 and at every sample.
   *
   * @throws RefusedException if there are none
   */
  Found find(List<BigInteger> samples) {
    List<UnitDifference> differences = compare(samples);
    UnitDiffer.refusal(definition.constant(), differences).ifPresent(PlanSearch::refuse);
    UnitCodes codes = new UnitCodes(decoder, constant.compile(samples));
    new FixedUses(definition.constant(), constant.original(), codes)
        .refusal(differences)
        .ifPresent(PlanSearch::refuse);
    List<FunctionPlan> functions = new ArrayList<>();
    for (UnitDifference d : differences) {
      Different different = (Different) d;
      if (!different.data().isEmpty()) {
        refuse(new DataUses(definition.constant(), codes).refusal(different.data().getFirst()));
      }
      for (DifferingFunction f : different.functions()) {
        if (functions.stream().anyMatch(p -> p.is(f))) {
          throw new RefusedException(
              Reason.NO_LEGAL_SITE,
              "%s has several functions named %s, which cannot be told apart."
                  .formatted(f.unit(), f.name()));
        }
        functions.add(stages.time("synthesis", () -> synthesise(f)));
      }
    }
    Found found = new Found(samples, functions, new TreeMap<>());
    List<BigInteger> known = new ArrayList<>(samples);
    known.add(constant.original());
    for (BigInteger value : known) {
      prove(found, value).ifPresent(PlanSearch::refuse);
    }
    return found;
  }

  /** Returns how the constant seems to decide about memory, where no probes were found. */
  Optional<Refusal> memory(List<BigInteger> samples) {
    UnitCodes codes = new UnitCodes(decoder, constant.compile(samples));
    return new FixedUses(definition.constant(), constant.original(), codes)
        .memory(compare(samples));
  }

  /** Compiles at a value and proves the probes there; returns why that failed, or notes it. */
  Optional<Refusal> prove(Found found, BigInteger value) {
    try {
      List<BigInteger> others = value.equals(constant.original()) ? List.of() : List.of(value);
      List<CompiledConstant.Unit> units = stages.time("compile", () -> constant.compile(others));
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

  /** Looks for the range that the probes hold for; see {@link ClosedForm}. */
  ClosedForm.Result closed(Found found, BigInteger min, BigInteger max) {
    try {
      CompiledConstant.Opaque opaque = stages.time("compile", constant::opaque);
      List<CompiledConstant.Unit> units = constant.compile(List.of());
      return stages.time(
          "closed",
          () ->
              new ClosedForm(differ, constant.original(), found.functions())
                  .find(opaque, units, min, max));
    } catch (RefusedException e) {
      return ClosedForm.Result.none(e.refusal().message());
    }
  }

  private FunctionPlan synthesise(DifferingFunction function) {
    FunctionSynthesis synthesis =
        new FunctionSynthesis(function, constant.original(), solver, () -> inVariable(function));
    return switch (synthesis.synthesise()) {
      case Outcome.Found found -> new FunctionPlan(function, found.sites());
      case Outcome.Refused r -> throw new RefusedException(r.refusal());
    };
  }

  private Optional<InVariable> inVariable(DifferingFunction function) {
    try {
      CompiledConstant.Opaque opaque = constant.opaque();
      List<CompiledConstant.Unit> units = constant.compile(List.of());
      for (int k = 0; k < units.size(); k++) {
        if (units.get(k).unit().equals(function.unit())) {
          return LoneFunction.compare(function, ClosedForm.NAME, opaque.objects().get(k), decoder)
              .map(f -> new InVariable(f, opaque.symbol(), opaque.width()));
        }
      }
      return Optional.empty();
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  private static void refuse(Refusal refusal) {
    throw new RefusedException(refusal);
  }
}

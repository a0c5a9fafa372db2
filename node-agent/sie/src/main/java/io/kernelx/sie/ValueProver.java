// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitDifference.Unusable;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.FunctionSynthesis;
import io.kernelx.sie.synthesis.ProofResult;
import io.kernelx.sie.synthesis.SiteDraft;
import io.kernelx.sie.synthesis.Subject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Proves a finished plan at one value, or at all of a range: V1's code with the probes against the
 * code compiled so, every function of every unit.
 *
 * <ol>
 *   <li>V1 and the other objects are compared anew; data that differs, or control flow, ends it.
 *   <li>Every function that differs is proved, with the probes it has, or none.
 *   <li>Every function that has probes but does not differ must come out as V1.
 * </ol>
 */
final class ValueProver {

  private final UnitDiffer differ;
  private final Solver solver;
  private final BigInteger original;
  private final List<FunctionPlan> functions;

  ValueProver(UnitDiffer differ, Solver solver, BigInteger original, List<FunctionPlan> functions) {
    this.differ = differ;
    this.solver = solver;
    this.original = original;
    this.functions = List.copyOf(functions);
  }

  /**
   * The proof, or why there is none.
   *
   * @param value the constant's value in the counter-example, if the proof was about several
   */
  record Result(Optional<Proof> proof, Optional<Refusal> refusal, OptionalLong value) {}

  /**
   * Functions whose code is another in the version that V1 is compared with.
   *
   * @param refusal set if the version is not comparable at all
   */
  record Differences(List<DifferingFunction> functions, Optional<Refusal> refusal) {}

  /** Proves the plan at one value, which the units are compiled at. */
  Result prove(BigInteger value, List<CompiledConstant.Unit> units) {
    List<CodeObject> versions = units.stream().map(u -> u.others().get(value)).toList();
    Differences differences =
        value.equals(original)
            ? new Differences(List.of(), Optional.empty())
            : differences(value.toString(), units, versions);
    return prove(Subject.of(value), differences);
  }

  /**
   * Compares V1 with another version.
   *
   * @param name of the version
   * @param versions in the order of the units
   */
  Differences differences(
      String name, List<CompiledConstant.Unit> units, List<CodeObject> versions) {
    List<DifferingFunction> found = new ArrayList<>();
    for (int k = 0; k < units.size(); k++) {
      CompiledConstant.Unit unit = units.get(k);
      UnitDifference difference =
          differ.diff(
              unit.unit(),
              unit.module(),
              unit.v1(),
              List.of(new UnitVersion(name, versions.get(k))));
      switch (difference) {
        case Unusable unusable -> {
          return new Differences(List.of(), Optional.of(unusable.refusal()));
        }
        case Different different -> {
          if (!different.data().isEmpty()) {
            Refusal refusal =
                new Refusal(
                    Reason.NOT_PROVABLE,
                    "%s: at the value %s the data %s differs, which code alone cannot make up for."
                        .formatted(unit.unit(), name, different.data().getFirst().symbol()));
            return new Differences(List.of(), Optional.of(refusal));
          }
          found.addAll(different.functions());
        }
      }
    }
    return new Differences(found, Optional.empty());
  }

  /** Proves the plan for a subject. */
  Result prove(Subject subject, Differences differences) {
    if (differences.refusal().isPresent()) {
      return new Result(Optional.empty(), differences.refusal(), OptionalLong.empty());
    }
    Proof means = Proof.STRUCTURAL;
    List<FunctionPlan> open = new ArrayList<>(functions);
    for (DifferingFunction f : differences.functions()) {
      ProofResult result = prove(f, subject);
      if (result instanceof ProofResult.Failed failed) {
        return refused(failed);
      }
      means = stronger(means, result);
      open.removeIf(p -> p.is(f));
    }
    for (FunctionPlan p : open) {
      FunctionCode v1 = p.function().v1();
      List<Integer> same = IntStream.range(0, v1.blocks().size()).boxed().toList();
      ProofResult result =
          new FunctionSynthesis(p.function(), original, solver)
              .prove(p.sites(), subject, v1, same, Set.of());
      if (result instanceof ProofResult.Failed failed) {
        return refused(failed);
      }
      means = stronger(means, result);
    }
    return new Result(Optional.of(means), Optional.empty(), OptionalLong.empty());
  }

  private ProofResult prove(DifferingFunction f, Subject subject) {
    List<SiteDraft> sites =
        functions.stream()
            .filter(p -> p.is(f))
            .findFirst()
            .map(FunctionPlan::sites)
            .orElse(List.of());
    return new FunctionSynthesis(f, original, solver)
        .prove(
            sites,
            subject,
            f.others().getFirst().code(),
            f.blockPairs().getFirst(),
            f.regions().stream().map(Region::block).collect(Collectors.toSet()));
  }

  private static Proof stronger(Proof a, ProofResult b) {
    return b instanceof ProofResult.Proved p && p.proof() == Proof.SOLVER ? Proof.SOLVER : a;
  }

  private static Result refused(ProofResult.Failed failed) {
    Refusal refusal = new Refusal(Reason.NOT_PROVABLE, failed.why() + ".");
    return new Result(Optional.empty(), Optional.of(refusal), failed.value());
  }
}

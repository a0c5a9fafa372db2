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
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.FunctionSynthesis;
import io.kernelx.sie.synthesis.ProofResult;
import io.kernelx.sie.synthesis.SiteDraft;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Proves a finished plan at one value: V1's code with the probes against the code compiled at that
 * value, every function of every unit.
 *
 * <ol>
 *   <li>V1 and the value's objects are compared anew; data that differs, or control flow, ends it.
 *   <li>Every function that differs at this value is proved, with the probes it has, or none.
 *   <li>Every function that has probes but does not differ at this value must come out as V1.
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

  /** The proof, or why there is none. */
  record Result(Optional<Proof> proof, Optional<Refusal> refusal) {}

  Result prove(BigInteger value, List<CompiledConstant.Unit> units) {
    Proof means = Proof.STRUCTURAL;
    List<FunctionPlan> open = new ArrayList<>(functions);
    for (CompiledConstant.Unit unit : units) {
      if (value.equals(original)) {
        break;
      }
      UnitVersion version = new UnitVersion(value.toString(), unit.others().get(value));
      UnitDifference difference =
          differ.diff(unit.unit(), unit.module(), unit.v1(), List.of(version));
      switch (difference) {
        case Unusable unusable -> {
          return refused(unusable.refusal());
        }
        case Different different -> {
          if (!different.data().isEmpty()) {
            return refused(
                new Refusal(
                    Reason.NOT_PROVABLE,
                    "%s: at the value %s the data %s differs, which code alone cannot make up for."
                        .formatted(unit.unit(), value, different.data().getFirst().symbol())));
          }
          for (DifferingFunction f : different.functions()) {
            ProofResult result = prove(f, value);
            if (result instanceof ProofResult.Failed failed) {
              return refused(new Refusal(Reason.NOT_PROVABLE, failed.why() + "."));
            }
            means = stronger(means, result);
            open.removeIf(p -> p.is(f));
          }
        }
      }
    }
    for (FunctionPlan p : open) {
      FunctionCode v1 = p.function().v1();
      List<Integer> same = IntStream.range(0, v1.blocks().size()).boxed().toList();
      ProofResult result =
          new FunctionSynthesis(p.function(), original, solver)
              .prove(p.sites(), value, v1, same, Set.of());
      if (result instanceof ProofResult.Failed failed) {
        return refused(new Refusal(Reason.NOT_PROVABLE, failed.why() + "."));
      }
      means = stronger(means, result);
    }
    return new Result(Optional.of(means), Optional.empty());
  }

  private ProofResult prove(DifferingFunction f, BigInteger value) {
    List<SiteDraft> sites =
        functions.stream()
            .filter(p -> p.is(f))
            .findFirst()
            .map(FunctionPlan::sites)
            .orElse(List.of());
    return new FunctionSynthesis(f, original, solver)
        .prove(
            sites,
            value,
            f.others().getFirst().code(),
            f.blockPairs().getFirst(),
            f.regions().stream().map(Region::block).collect(Collectors.toSet()));
  }

  private static Proof stronger(Proof a, ProofResult b) {
    return b instanceof ProofResult.Proved p && p.proof() == Proof.SOLVER ? Proof.SOLVER : a;
  }

  private static Result refused(Refusal refusal) {
    return new Result(Optional.empty(), Optional.of(refusal));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.PlanOutcome.ValueRefusal;
import io.kernelx.sie.PlanSearch.Found;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.JumpPlaces;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * From the objects to the plan.
 *
 * <ol>
 *   <li>V1 is compared with sample values, and the probes are found and proved at each of them; see
 *       {@link SampleSearch}.
 *   <li>Each requested value is compiled and proved for itself; where that fails, the probes are
 *       looked for anew with that value among the samples.
 *   <li>The range is looked for in which the probes hold for every value; see {@link ClosedForm}.
 *   <li>The plan holds every value that was proved and that the definition allows.
 * </ol>
 */
final class ConstantPlanner {

  private final Decoder decoder;
  private final Solver solver;
  private final Stages stages;

  ConstantPlanner(Decoder decoder, Solver solver, Stages stages) {
    this.decoder = decoder;
    this.solver = solver;
    this.stages = stages;
  }

  /**
   * A plan.
   *
   * @param refused the requested values that are not in it
   * @param notes sentences on what the plan does not show: values left out, why no range is closed
   * @param jumpPlaces for each site of the plan where its probe could be a jump
   */
  record Result(
      TunablePlan plan,
      List<ValueRefusal> refused,
      List<String> notes,
      List<JumpPlaces.Legal> jumpPlaces) {}

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
    constant.expect(
        Stream.concat(
                constant.samples().stream().limit(2),
                requested.stream().filter(v -> allowed(definition, v)))
            .distinct()
            .toList());
    PlanSearch search = new PlanSearch(decoder, solver, stages, definition, constant);
    List<String> notes = new ArrayList<>();
    SampleSearch samples = new SampleSearch(search, notes);
    Found found = samples.complete(samples.find());
    List<ValueRefusal> refused = new ArrayList<>();
    Set<BigInteger> open = new LinkedHashSet<>(requested);
    open.removeAll(found.proofs().keySet());
    for (BigInteger value : open) {
      Optional<Refusal> refusal =
          allowed(definition, value)
              ? search.prove(found, value)
              : Optional.of(outOfRange(definition, value));
      if (refusal.map(Refusal::reason).equals(Optional.of(Reason.NOT_PROVABLE))) {
        Optional<Found> better = withSample(search, found, value);
        if (better.isPresent()) {
          found = better.get();
          refusal = Optional.empty();
        }
      }
      refusal.ifPresent(r -> refused.add(new ValueRefusal(value.toString(), r)));
    }
    found.proofs().keySet().removeIf(v -> !allowed(definition, v));
    ClosedForm.Result closed =
        search.closed(
            found,
            new BigInteger(PlanAssembly.range(definition).min()),
            new BigInteger(PlanAssembly.range(definition).max()));
    closed.why().ifPresent(why -> notes.add("No range of values is closed: " + why));
    List<CompiledConstant.Unit> compiled = constant.compile(List.of());
    List<String> units = compiled.stream().map(CompiledConstant.Unit::unit).toList();
    PlanAssembly assembly =
        new PlanAssembly(definition, kernel, constant.original(), new UnitCodes(decoder, compiled));
    Found last = found;
    TunablePlan plan =
        stages.time(
            "plan", () -> assembly.plan(units, last.functions(), last.proofs(), closed.ranges()));
    return new Result(plan, refused, notes, assembly.jumpPlaces());
  }

  /**
   * Looks again with one more value to go by: the samples may show more than one f, or none but a
   * table. Taken only if everything that was proved is proved again.
   */
  private static Optional<Found> withSample(PlanSearch search, Found found, BigInteger value) {
    try {
      Found again = search.find(Stream.concat(found.samples().stream(), Stream.of(value)).toList());
      for (BigInteger known : found.proofs().keySet()) {
        if (!again.proofs().containsKey(known) && search.prove(again, known).isPresent()) {
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

  private static Refusal outOfRange(Definition definition, BigInteger value) {
    var range = PlanAssembly.range(definition);
    return new Refusal(
        Reason.VALUE_OUT_OF_RANGE,
        "%s allows %s to %s, not %s."
            .formatted(definition.constant(), range.min(), range.max(), value));
  }
}

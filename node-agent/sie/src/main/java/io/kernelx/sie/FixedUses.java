// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.DifferingFunction.VersionCode;
import io.kernelx.sie.diff.IndexRange;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.span.KeptState;
import io.kernelx.sie.span.PassedPointers;
import io.kernelx.sie.span.SpanAnalysis;
import io.kernelx.sie.span.SpanAnalysis.Lasting;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Uses of a constant that have fixed something which no probe can change afterwards.
 *
 * <ol>
 *   <li>Code that stays decides by it about the size or place of memory: what exists was laid out
 *       for the compiled value. What the probes write is followed once they are found ({@link
 *       PlannedSpans}); here it is a reason only where there are none.
 *   <li>Code that has run and will not run again has handed it on: what it left behind and the code
 *       that stays belong together, as the size of a table and the bound of its index do.
 *   <li>Memory that lives on holds what only the compiled value explains; see {@link KeptState}.
 * </ol>
 */
final class FixedUses {
  private final String constant;
  private final BigInteger original;
  private final UnitCodes codes;

  FixedUses(String constant, BigInteger original, UnitCodes codes) {
    this.constant = constant;
    this.original = original;
    this.codes = codes;
  }

  /** Returns the first refusal that stands whatever the probes are, if there is one. */
  Optional<Refusal> refusal(List<UnitDifference> differences) {
    return different(differences)
        .flatMap(d -> boot(d).stream())
        .findFirst()
        .or(() -> kept(differences));
  }

  /**
   * Returns how code that stays seems to decide by the constant about the size or place of memory,
   * if it does. What follows from every number that differs between the versions is followed here,
   * so this is a reason only where no probes are found: what probes write is followed exactly.
   */
  Optional<Refusal> memory(List<UnitDifference> differences) {
    return different(differences).flatMap(d -> memory(d).stream()).findFirst();
  }

  private static Stream<Different> different(List<UnitDifference> differences) {
    return differences.stream().filter(d -> d instanceof Different).map(Different.class::cast);
  }

  private Optional<Refusal> kept(List<UnitDifference> differences) {
    KeptState kept = new KeptState();
    for (UnitDifference difference : differences) {
      if (difference instanceof Different unit) {
        unit.functions().forEach(f -> kept(kept, f));
      }
    }
    return kept.explained()
        .map(
            how ->
                new Refusal(
                    Reason.SIZES_MEMORY,
                    "%s cannot be changed while the kernel runs: %s, so what is kept there by then fits the compiled value alone."
                        .formatted(constant, how)));
  }

  private void kept(KeptState kept, DifferingFunction function) {
    PassedPointers passed = codes.passed(function.unit());
    kept.add(function.v1(), seeds(function), original, passed);
    for (int k = 0; k < function.others().size(); k++) {
      VersionCode other = function.others().get(k);
      kept.add(other.code(), seeds(function, k), new BigInteger(other.value()), passed);
    }
  }

  /** Returns what stands for the seeds in another version, as far as the places tell. */
  private static Set<Integer> seeds(DifferingFunction function, int version) {
    Set<Integer> seeds = new HashSet<>();
    for (Region region : function.regions()) {
      IndexRange range = region.others().get(version);
      if (range.length() == region.v1().length()) {
        region.seeds().forEach(s -> seeds.add(s - region.v1().first() + range.first()));
      }
    }
    return seeds;
  }

  private Optional<Refusal> memory(Different unit) {
    for (DifferingFunction function : unit.functions()) {
      Lasting lasting = lasting(function, numbers(function));
      if (lasting.memory()) {
        return Optional.of(
            new Refusal(
                Reason.SIZES_MEMORY,
                "%s cannot be changed while the kernel runs: %s (%s), and that memory was laid out for the compiled value."
                    .formatted(constant, lasting.effect().orElseThrow(), unit.unit())));
      }
    }
    return Optional.empty();
  }

  private Optional<Refusal> boot(Different unit) {
    for (String name : unit.initFunctions()) {
      Lasting lasting =
          unit.initCode().stream()
              .filter(f -> f.name().equals(name))
              .findFirst()
              .map(f -> lasting(f, seeds(f)))
              .orElse(
                  new Lasting(
                      Optional.of("its code takes another shape with other values"), false));
      if (lasting.effect().isPresent()) {
        return Optional.of(
            new Refusal(
                lasting.memory() ? Reason.SIZES_MEMORY : Reason.INIT_ONLY,
                "%s was used by %s (%s), which ran once at boot or load and cannot be repeated with another value: %s."
                    .formatted(
                        constant,
                        name,
                        unit.unit(),
                        lasting.effect().get().replaceAll("\\.$", ""))));
      }
    }
    return Optional.empty();
  }

  private Lasting lasting(DifferingFunction function, Set<Integer> seeds) {
    return SpanAnalysis.lasting(function.v1(), seeds, codes.called(function.unit()));
  }

  /** Returns the differing instructions less those that only copy or load something. */
  private static Set<Integer> numbers(DifferingFunction function) {
    return seeds(function).stream()
        .filter(i -> !copies(function.v1().instructions().get(i)))
        .collect(Collectors.toSet());
  }

  /** The compiler may choose other registers for those, whatever the constant is about. */
  private static boolean copies(Instruction i) {
    return Set.of("mov", "movsxd", "movsx", "push", "pop").contains(i.mnemonic())
        && i.visibleOperands().stream().noneMatch(o -> o instanceof ImmediateOperand);
  }

  private static Set<Integer> seeds(DifferingFunction function) {
    return function.regions().stream().flatMap(r -> r.seeds().stream()).collect(Collectors.toSet());
  }
}

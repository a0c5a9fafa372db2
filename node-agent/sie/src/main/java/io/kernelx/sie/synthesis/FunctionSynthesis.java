// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Prefix;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.DifferingFunction.VersionCode;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.Seeds.Place;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Synthesises and proves the probes of one function. Refusals are values.
 *
 * <p>The fits and the places are found by looking at the versions; nothing rests on that. What a
 * plan rests on is {@link #prove}, which takes the finished probes and one compiled version.
 */
public final class FunctionSynthesis {

  private final DifferingFunction function;
  private final BigInteger original;
  private final Solver solver;
  private final Supplier<Optional<InVariable>> variable;
  private final Liveness live;

  /**
   * @param function V1 and at least two other versions
   * @param original the value that V1 was compiled with
   */
  public FunctionSynthesis(DifferingFunction function, BigInteger original, Solver solver) {
    this(function, original, solver, Optional::empty);
  }

  /**
   * @param function V1 and at least two other versions
   * @param original the value that V1 was compiled with
   * @param variable the function with a variable in the constant's place, if it compiles so; asked
   *     for where the other versions alone show too little
   */
  public FunctionSynthesis(
      DifferingFunction function,
      BigInteger original,
      Solver solver,
      Supplier<Optional<InVariable>> variable) {
    this.function = function;
    this.original = original;
    this.solver = solver;
    this.variable = variable;
    this.live = new Liveness(function.v1());
  }

  /** Probes, or why there are none. */
  public sealed interface Outcome {
    record Found(List<SiteDraft> sites) implements Outcome {
      public Found {
        sites = List.copyOf(sites);
      }
    }

    record Refused(Refusal refusal) implements Outcome {}
  }

  /** Finds the probes of all regions, in order of address. */
  public Outcome synthesise() {
    if (!function.v1().function().probeable()) {
      return new Outcome.Refused(
          new Refusal(
              Reason.PROBE_SITE_BLACKLISTED,
              "The constant is used in %s (%s), where the kernel allows no probe: it is closed to tracing, or is entry code, or what probes themselves run through."
                  .formatted(function.name(), function.unit())));
    }
    List<SiteDraft> all = new ArrayList<>();
    Seeds seeds = new Seeds(function, original);
    for (Region region : function.regions()) {
      switch (probes(region, seeds)) {
        case Outcome.Found found -> all.addAll(found.sites());
        case Outcome.Refused refused -> {
          return refused;
        }
      }
    }
    return new Outcome.Found(new KprobeRules(function.v1()).apart(all));
  }

  /**
   * Goes by the numbers that differ first. Where versions differ by more, and what the numbers say
   * does not hold for them, V1's code may do what they do all the same; else it goes by the code
   * with a variable.
   */
  private Outcome probes(Region region, Seeds seeds) {
    Outcome byNumbers = byNumbers(region, seeds.fit(region));
    if (byNumbers instanceof Outcome.Found found
        && (seeds.alike(region) || holds(region.block(), found.sites()))) {
      return found;
    }
    if (!seeds.alike(region) && holds(region.block(), List.of())) {
      return new Outcome.Found(List.of());
    }
    return variable
        .get()
        .flatMap(v -> anew(region, v))
        .filter(s -> holds(region.block(), List.of(s)))
        .<Outcome>map(s -> new Outcome.Found(List.of(s)))
        .orElse(byNumbers);
  }

  private Optional<SiteDraft> anew(Region region, InVariable variable) {
    BasicBlock block = function.v1().blocks().get(region.block());
    return variable
        .meeting(region.block())
        .flatMap(
            m ->
                new SiteFinder(function.v1(), live, new KprobeRules(function.v1()), Map.of(), block)
                    .anew(m));
  }

  private boolean holds(int block, List<SiteDraft> sites) {
    BasicBlock own = function.v1().blocks().get(block);
    for (int k = 0; k < function.others().size(); k++) {
      VersionCode other = function.others().get(k);
      ProofResult result =
          new BlockProof(function.v1(), live, other.code(), new Liveness(other.code()), solver)
              .prove(
                  own,
                  function.blockPairs().get(k),
                  sites,
                  Subject.of(new BigInteger(other.value())));
      if (result instanceof ProofResult.Failed) {
        return false;
      }
    }
    return true;
  }

  private Outcome byNumbers(Region region, Map<Place, PlanExpression> fits) {
    Optional<Refusal> refusal = check(region, fits);
    if (refusal.isPresent()) {
      return new Outcome.Refused(refusal.get());
    }
    BasicBlock block = function.v1().blocks().get(region.block());
    SiteFinder finder =
        new SiteFinder(function.v1(), live, new KprobeRules(function.v1()), fits, block);
    List<Integer> places =
        fits.keySet().stream().map(Place::instruction).distinct().sorted().toList();
    Optional<List<SiteDraft>> sites = finder.find(places);
    if (sites.isPresent()) {
      return new Outcome.Found(sites.get());
    }
    Instruction first = function.v1().instructions().get(finder.failedSeed());
    if (stores(first)) {
      return new Outcome.Refused(
          new Refusal(
              Reason.UNSUPPORTED_INSTRUCTION,
              "The constant enters %s by '%s', which stores it to memory at once, and it must run as it is: %s."
                  .formatted(where(first), name(first), finder.skipObstacle())));
    }
    return new Outcome.Refused(
        new Refusal(
            Reason.NO_LEGAL_SITE,
            "The constant enters %s by '%s', but %s."
                .formatted(where(first), name(first), finder.obstacle())));
  }

  private Optional<Refusal> check(Region region, Map<Place, PlanExpression> fits) {
    FunctionCode v1 = function.v1();
    Executor executor = new Executor(v1.function(), Constants.AS_ENCODED);
    for (int i : region.seeds()) {
      Instruction instruction = v1.instructions().get(i);
      if (!executor.models(instruction)) {
        return refuse(
            Reason.UNSUPPORTED_INSTRUCTION,
            "The constant enters %s by '%s', which is not modelled."
                .formatted(where(instruction), name(instruction)));
      }
    }
    Set<Integer> fitted =
        fits.keySet().stream().map(Place::instruction).collect(Collectors.toSet());
    if (fitted.isEmpty()) {
      return refuse(
          Reason.NOT_PROVABLE,
          "The versions of %s differ by more than numbers at %s; choose values that compile alike."
              .formatted(function.name(), where(v1.instructions().get(region.v1().first()))));
    }
    return Optional.empty();
  }

  private static boolean stores(Instruction i) {
    return i.operands().stream().anyMatch(o -> o instanceof MemoryOperand && o.access().anyWrite());
  }

  private static Optional<Refusal> refuse(Reason reason, String message) {
    return Optional.of(new Refusal(reason, message));
  }

  private static String name(Instruction i) {
    return (i.prefixes().contains(Prefix.LOCK) ? "lock " : "") + i.mnemonic();
  }

  private String where(Instruction i) {
    return "%s+0x%x (%s)".formatted(function.name(), i.offset(), function.unit());
  }

  /**
   * Proves that V1's code with the probes does what the compiler makes of a value, or of any value
   * of a range.
   *
   * @param sites the probes
   * @param subject the constant's value, or a range of them
   * @param version the function compiled at that value, or with a variable that holds it
   * @param blockPairs for each block of V1 the version's block
   * @param differing V1's blocks whose code is not the same in the version; all others are taken
   *     for equal
   */
  public ProofResult prove(
      List<SiteDraft> sites,
      Subject subject,
      FunctionCode version,
      List<Integer> blockPairs,
      Set<Integer> differing) {
    Set<Integer> blocks = new TreeSet<>(differing);
    sites.forEach(s -> blocks.add(s.block()));
    Liveness versionLive = version == function.v1() ? live : new Liveness(version);
    BlockProof proof = new BlockProof(function.v1(), live, version, versionLive, solver);
    ProofResult.Proved means = new ProofResult.Proved(Proof.STRUCTURAL);
    for (int b : blocks) {
      BasicBlock own = function.v1().blocks().get(b);
      List<SiteDraft> here = sites.stream().filter(s -> s.block() == b).toList();
      switch (proof.prove(own, blockPairs, here, subject)) {
        case ProofResult.Proved p -> means = means.and(p);
        case ProofResult.Failed f -> {
          Instruction first = function.v1().instructions().get(own.first());
          return new ProofResult.Failed(
              "At %s, from %s on, %s".formatted(subject.name(), where(first), f.why()), f.value());
        }
      }
    }
    return means;
  }

  /** Proves that the probes change nothing at V1's own value. */
  public ProofResult proveOriginal(List<SiteDraft> sites) {
    List<Integer> same = IntStream.range(0, function.v1().blocks().size()).boxed().toList();
    return prove(sites, Subject.of(original), function.v1(), same, Set.of());
  }
}

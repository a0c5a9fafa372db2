// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.ProvedRange;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.Subject;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the range of values for which the plan's expressions hold at once.
 *
 * <ol>
 *   <li>V1's code with the probes is compared with the code in which a variable stands in the
 *       constant's place, for all values that the definition allows and the variable's type holds.
 *   <li>A counter-example is cut off, up to the next round number on the way to V1, and the rest is
 *       tried; a few times.
 *   <li>Whatever else is in the way, as blocks that do not pair, ends it: values are then proved
 *       one by one only.
 * </ol>
 */
final class ClosedForm {

  /** What a version is called in which a variable stands in the constant's place. */
  static final String NAME = "in a variable";

  private static final int ATTEMPTS = 8;

  /** Steps, not seconds: the same plan must come out of slow machines. */
  private static final Solver SOLVER = Solver.bounded(Duration.ofMinutes(2), 2_000_000);

  private static final List<BigInteger> ROUND =
      Stream.concat(
              IntStream.of(0, 1, 2).mapToObj(BigInteger::valueOf),
              IntStream.of(7, 8, 15, 16, 31, 32, 63)
                  .mapToObj(BigInteger.ONE::shiftLeft)
                  .flatMap(p -> Stream.of(p.negate(), p, p.subtract(BigInteger.ONE))))
          .sorted()
          .toList();

  /**
   * What was found.
   *
   * @param ranges at most one
   * @param why there is none
   */
  record Result(List<ProvedRange> ranges, Optional<String> why) {
    static Result none(String why) {
      return new Result(List.of(), Optional.of(why));
    }
  }

  private final UnitDiffer differ;
  private final BigInteger original;
  private final List<FunctionPlan> functions;

  ClosedForm(UnitDiffer differ, BigInteger original, List<FunctionPlan> functions) {
    this.differ = differ;
    this.original = original;
    this.functions = functions;
  }

  /**
   * Finds the range.
   *
   * @param min what the definition allows
   * @param max what the definition allows
   */
  Result find(
      CompiledConstant.Opaque opaque,
      List<CompiledConstant.Unit> units,
      BigInteger min,
      BigInteger max) {
    ValueProver prover = new ValueProver(differ, SOLVER, original, functions);
    ValueProver.Differences differences = prover.differences(NAME, units, opaque.objects());
    BigInteger low = min.max(opaque.min());
    BigInteger high = max.min(opaque.max());
    if (low.compareTo(high) > 0) {
      return Result.none("no value that is allowed has the type of the constant's literal.");
    }
    String why = "";
    for (int i = 0; i < ATTEMPTS && low.compareTo(high) <= 0; i++) {
      Subject subject = Subject.range(opaque.symbol(), opaque.width(), opaque.signed(), low, high);
      ValueProver.Result result = prover.prove(subject, differences);
      if (result.proof().isPresent()) {
        return proved(low, high, result.proof().get());
      }
      why = why.isEmpty() ? result.refusal().orElseThrow().message() : why;
      if (result.value().isEmpty()) {
        return Result.none(why);
      }
      BigInteger wrong = BigInteger.valueOf(result.value().getAsLong());
      if (!opaque.signed() && wrong.signum() < 0) {
        wrong = wrong.add(BigInteger.ONE.shiftLeft(64));
      }
      int side = wrong.compareTo(original);
      if (side == 0) {
        return Result.none(why);
      } else if (side < 0) {
        low = above(wrong);
      } else {
        high = below(wrong);
      }
    }
    return Result.none(why);
  }

  private static Result proved(BigInteger low, BigInteger high, Proof proof) {
    return new Result(
        List.of(new ProvedRange(low.toString(), high.toString(), proof)), Optional.empty());
  }

  private BigInteger above(BigInteger wrong) {
    return round(v -> v.compareTo(wrong) > 0 && v.compareTo(original) <= 0)
        .findFirst()
        .orElse(wrong.add(BigInteger.ONE));
  }

  private BigInteger below(BigInteger wrong) {
    return round(v -> v.compareTo(wrong) < 0 && v.compareTo(original) >= 0)
        .reduce((_, last) -> last)
        .orElse(wrong.subtract(BigInteger.ONE));
  }

  private static Stream<BigInteger> round(Predicate<BigInteger> wanted) {
    return ROUND.stream().filter(wanted);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.IndexRange;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.plan.PlanExpression;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Reads, off the versions of a region, the numbers in V1's instructions that follow the constant,
 * and fits each.
 */
final class Seeds {

  /** A number in an instruction: the instruction's index in V1 and the operand's index. */
  record Place(int instruction, int operand) {}

  private final DifferingFunction function;
  private final BigInteger original;

  Seeds(DifferingFunction function, BigInteger original) {
    this.function = function;
    this.original = original;
  }

  /**
   * Fits every number of the region that differs between versions of the same shape.
   *
   * @return place to f, by ascending place; empty if no other version has V1's instructions but for
   *     their numbers
   */
  Map<Place, PlanExpression> fit(Region region) {
    Map<Place, TreeMap<BigInteger, BigInteger>> points = new LinkedHashMap<>();
    Map<Place, Integer> widths = new LinkedHashMap<>();
    for (int k = 0; k < function.others().size(); k++) {
      FunctionCode code = function.others().get(k).code();
      IndexRange range = region.others().get(k);
      if (range.length() == region.v1().length()) {
        collect(
            region,
            code.instructionsOf(range),
            new BigInteger(function.others().get(k).value()),
            points,
            widths);
      }
    }
    Map<Place, PlanExpression> fitted = new LinkedHashMap<>();
    points.forEach(
        (place, numbers) -> {
          if (numbers.values().stream().distinct().count() > 1) {
            fitted.put(place, ConstantFit.fit(numbers, widths.get(place)));
          }
        });
    return fitted;
  }

  /** Returns whether every version of the region is V1's but for the numbers. */
  boolean alike(Region region) {
    List<Instruction> own = function.v1().instructionsOf(region.v1());
    for (int k = 0; k < function.others().size(); k++) {
      List<Instruction> other =
          function.others().get(k).code().instructionsOf(region.others().get(k));
      if (other.size() != own.size()
          || !IntStream.range(0, own.size()).allMatch(i -> sameShape(own.get(i), other.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private void collect(
      Region region,
      List<Instruction> others,
      BigInteger value,
      Map<Place, TreeMap<BigInteger, BigInteger>> points,
      Map<Place, Integer> widths) {
    List<Instruction> own = function.v1().instructionsOf(region.v1());
    if (!IntStream.range(0, own.size()).allMatch(i -> sameShape(own.get(i), others.get(i)))) {
      return;
    }
    for (int i = 0; i < own.size(); i++) {
      for (int o = 0; o < own.get(i).operands().size(); o++) {
        Operand a = own.get(i).operands().get(o);
        Optional<BigInteger> mine = number(a);
        Optional<BigInteger> theirs = number(others.get(i).operands().get(o));
        if (mine.isPresent() && theirs.isPresent()) {
          Place place = new Place(region.v1().first() + i, o);
          TreeMap<BigInteger, BigInteger> p = points.computeIfAbsent(place, _ -> new TreeMap<>());
          p.put(original, mine.get());
          p.put(value, theirs.get());
          widths.put(place, width(own.get(i), a));
        }
      }
    }
  }

  private static Optional<BigInteger> number(Operand o) {
    return switch (o) {
      case ImmediateOperand m when !m.relative() -> Optional.of(BigInteger.valueOf(m.value()));
      case MemoryOperand m when !m.ripRelative() ->
          Optional.of(BigInteger.valueOf(m.displacement()));
      default -> Optional.empty();
    };
  }

  /** Bits of the number that the operation uses. */
  private static int width(Instruction i, Operand o) {
    return o instanceof MemoryOperand
        ? 64
        : Math.max(8, Math.max(o.width(), i.operands().getFirst().width()));
  }

  /** Returns whether two instructions differ in nothing but numbers. */
  private static boolean sameShape(Instruction a, Instruction b) {
    if (!a.mnemonic().equals(b.mnemonic())
        || !a.prefixes().equals(b.prefixes())
        || a.operands().size() != b.operands().size()
        || a.relocations().size() != b.relocations().size()) {
      return false;
    }
    for (int o = 0; o < a.operands().size(); o++) {
      boolean same =
          switch (a.operands().get(o)) {
            case RegisterOperand r ->
                b.operands().get(o) instanceof RegisterOperand s && r.view().equals(s.view());
            case ImmediateOperand _ -> b.operands().get(o) instanceof ImmediateOperand;
            case MemoryOperand m ->
                b.operands().get(o) instanceof MemoryOperand n
                    && m.base().equals(n.base())
                    && m.index().equals(n.index())
                    && m.scale() == n.scale()
                    && m.segment() == n.segment()
                    && m.width() == n.width();
          };
      if (!same) {
        return false;
      }
    }
    return true;
  }
}

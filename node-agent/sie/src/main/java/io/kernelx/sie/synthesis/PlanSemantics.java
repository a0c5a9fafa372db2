// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Register;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.Value;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Expr;
import java.util.function.Function;

/** Gives plan expressions their meaning as bit-vectors of 64 bits. */
final class PlanSemantics {

  private static final Expr ZERO = Bits.constant(64, 0);

  private PlanSemantics() {}

  /**
   * Translates an expression.
   *
   * @param v the constant's value, 64 bits
   * @param registers the 64 bits of a register, or of the memory operand, by the name that plans
   *     use
   */
  static Expr meaning(PlanExpression e, Expr v, Function<String, Expr> registers) {
    return switch (e) {
      case PlanExpression.Number n -> Bits.constant(64, n.value());
      case Value _ -> v;
      case Register r -> registers.apply(r.name());
      case PlanExpression.Memory _ -> registers.apply(PlanExpression.MEMORY);
      case Cast c -> {
        Expr low = Bits.low(meaning(c.operand(), v, registers), c.width());
        yield c.signed() ? Bits.sext(low, 64) : Bits.zext(low, 64);
      }
      case Unary u -> {
        Expr x = meaning(u.operand(), v, registers);
        yield switch (u.operator()) {
          case NEGATE -> Bits.neg(x);
          case COMPLEMENT -> Bits.not(x);
          case NOT -> Bits.zext(Bits.eq(x, ZERO), 64);
        };
      }
      case Binary b ->
          binary(b.operator(), meaning(b.left(), v, registers), meaning(b.right(), v, registers));
      case Conditional c ->
          Bits.ite(
              Bits.not(Bits.eq(meaning(c.condition(), v, registers), ZERO)),
              meaning(c.then(), v, registers),
              meaning(c.otherwise(), v, registers));
    };
  }

  private static Expr binary(PlanExpression.BinaryOperator operator, Expr a, Expr b) {
    Expr count = Bits.and(b, Bits.constant(64, 63));
    return switch (operator) {
      case ADD -> Bits.add(a, b);
      case SUBTRACT -> Bits.sub(a, b);
      case MULTIPLY -> Bits.mul(a, b);
      case AND -> Bits.and(a, b);
      case OR -> Bits.or(a, b);
      case XOR -> Bits.xor(a, b);
      case SHIFT_LEFT -> Bits.shl(a, count);
      case SHIFT_RIGHT -> Bits.lshr(a, count);
      case SHIFT_RIGHT_SIGNED -> Bits.ashr(a, count);
      case EQUAL -> truth(Bits.eq(a, b));
      case NOT_EQUAL -> truth(Bits.not(Bits.eq(a, b)));
      case LESS -> truth(Bits.ult(a, b));
      case LESS_OR_EQUAL -> truth(Bits.not(Bits.ult(b, a)));
      case GREATER -> truth(Bits.ult(b, a));
      case GREATER_OR_EQUAL -> truth(Bits.not(Bits.ult(a, b)));
      case LESS_SIGNED -> truth(Bits.slt(a, b));
    };
  }

  private static Expr truth(Expr bit) {
    return Bits.zext(bit, 64);
  }
}

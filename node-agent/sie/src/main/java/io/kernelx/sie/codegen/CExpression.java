// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Register;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.Value;

/**
 * Writes plan expressions as C. Every part is of type {@code __u64}, so that C's promotions to
 * {@code int} never come in, and shift counts are taken modulo 64, as the language says.
 */
final class CExpression {

  private CExpression() {}

  static String of(PlanExpression e) {
    return switch (e) {
      case PlanExpression.Number n -> Long.toUnsignedString(n.value()) + "ULL";
      case Value _ -> "V";
      case Register r -> "R(" + r.name() + ")";
      case PlanExpression.Memory _ -> PlanExpression.MEMORY;
      case Cast c ->
          c.signed()
              ? "(__u64)(__s64)(__s%d)%s".formatted(c.width(), operand(c.operand()))
              : "(__u64)(__u%d)%s".formatted(c.width(), operand(c.operand()));
      case Unary u ->
          switch (u.operator()) {
            case NEGATE -> "-" + operand(u.operand());
            case COMPLEMENT -> "~" + operand(u.operand());
            case NOT -> "(__u64)!" + operand(u.operand());
          };
      case Binary b -> binary(b);
      case Conditional c ->
          operand(c.condition()) + " ? " + operand(c.then()) + " : " + operand(c.otherwise());
    };
  }

  private static String binary(Binary b) {
    String left = operand(b.left());
    String right = operand(b.right());
    return switch (b.operator()) {
      case OR -> left + " | " + right;
      case XOR -> left + " ^ " + right;
      case AND -> left + " & " + right;
      case ADD -> left + " + " + right;
      case SUBTRACT -> left + " - " + right;
      case MULTIPLY -> left + " * " + right;
      case SHIFT_LEFT -> left + " << " + count(b.right());
      case SHIFT_RIGHT -> left + " >> " + count(b.right());
      case SHIFT_RIGHT_SIGNED -> "(__u64)((__s64)" + left + " >> " + count(b.right()) + ")";
      case EQUAL -> compare(left, "==", right);
      case NOT_EQUAL -> compare(left, "!=", right);
      case LESS -> compare(left, "<", right);
      case LESS_OR_EQUAL -> compare(left, "<=", right);
      case GREATER -> compare(left, ">", right);
      case GREATER_OR_EQUAL -> compare(left, ">=", right);
      case LESS_SIGNED -> compare("(__s64)" + left, "<", "(__s64)" + right);
    };
  }

  private static String compare(String left, String operator, String right) {
    return "(__u64)(" + left + " " + operator + " " + right + ")";
  }

  private static String count(PlanExpression e) {
    return e instanceof PlanExpression.Number n
        ? (n.value() & 63) + "ULL"
        : "(" + operand(e) + " & 63ULL)";
  }

  private static String operand(PlanExpression e) {
    return switch (e) {
      case PlanExpression.Number _, Value _, Register _, PlanExpression.Memory _ -> of(e);
      case Cast _, Unary _, Binary _, Conditional _ -> "(" + of(e) + ")";
    };
  }
}

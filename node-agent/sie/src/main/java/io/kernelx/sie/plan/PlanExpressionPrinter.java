// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Register;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.Value;

/**
 * Writes expressions in the plan's own language. Every operand that is itself an operator stands in
 * parentheses: what a person reads does not depend on knowing C's precedences.
 */
final class PlanExpressionPrinter {

  /** From here on numbers read better in hexadecimal. */
  private static final long HEX_FROM = 1024;

  private PlanExpressionPrinter() {}

  static String plan(PlanExpression e) {
    return switch (e) {
      case PlanExpression.Number n -> number(n.value());
      case Value _ -> "V";
      case Register r -> r.name();
      case PlanExpression.Memory _ -> PlanExpression.MEMORY;
      case Cast c -> "(" + (c.signed() ? "s" : "u") + c.width() + ")" + operand(c.operand());
      case Unary u -> u.operator().text() + operand(u.operand());
      case Binary b when b.operator().isFunction() ->
          b.operator().text() + "(" + plan(b.left()) + ", " + plan(b.right()) + ")";
      case Binary b -> operand(b.left()) + " " + b.operator().text() + " " + operand(b.right());
      case Conditional c ->
          operand(c.condition()) + " ? " + operand(c.then()) + " : " + operand(c.otherwise());
    };
  }

  private static String operand(PlanExpression e) {
    boolean plain =
        switch (e) {
          case Binary b -> b.operator().isFunction();
          case Conditional _ -> false;
          case Unary _ -> false;
          case PlanExpression.Number _, Value _, Register _, PlanExpression.Memory _, Cast _ ->
              true;
        };
    return plain ? plan(e) : "(" + plan(e) + ")";
  }

  private static String number(long value) {
    return Long.compareUnsigned(value, HEX_FROM) < 0
        ? Long.toString(value)
        : "0x" + Long.toHexString(value);
  }
}

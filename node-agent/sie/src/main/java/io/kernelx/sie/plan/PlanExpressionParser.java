// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.BinaryOperator;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Register;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.UnaryOperator;
import io.kernelx.sie.plan.PlanExpression.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recursive descent over the expression language. A plan comes from another machine, so length and
 * depth are bounded and nothing outside the language gets through.
 */
final class PlanExpressionParser {

  static final int MAX_LENGTH = 4096;
  private static final int MAX_DEPTH = 200;
  private static final int LOWEST = 1;
  private static final int UNARY = 9;
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(0[xX][0-9a-fA-F]+|[0-9]+)|([A-Za-z][A-Za-z0-9]*)|(<<|>>|<=|>=|==|!=|[-+*&|^~!<>?:(),]))");
  private static final Pattern CAST = Pattern.compile("([us])(8|16|32)");

  private final String text;
  private final List<String> tokens = new ArrayList<>();
  private int next;
  private int depth;

  PlanExpressionParser(String text) {
    this.text = text;
  }

  PlanExpression parse() throws InvalidPlanException {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidPlanException(
          "An expression of the plan is longer than " + MAX_LENGTH + " characters.");
    }
    tokenize();
    PlanExpression e = conditional();
    if (next < tokens.size()) {
      throw error("has '" + tokens.get(next) + "' where it should end");
    }
    return e;
  }

  private void tokenize() throws InvalidPlanException {
    Matcher m = TOKEN.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!m.region(at, text.length()).lookingAt()) {
        if (text.substring(at).isBlank()) {
          return;
        }
        throw error("has a character that is not of the language at position " + at);
      }
      tokens.add(m.group().strip());
      at = m.end();
    }
  }

  private PlanExpression conditional() throws InvalidPlanException {
    enter();
    PlanExpression condition = binary(LOWEST);
    if (accept("?")) {
      PlanExpression then = conditional();
      expect(":");
      condition = new Conditional(condition, then, conditional());
    }
    depth--;
    return condition;
  }

  private PlanExpression binary(int precedence) throws InvalidPlanException {
    if (precedence == UNARY) {
      return unary();
    }
    PlanExpression left = binary(precedence + 1);
    for (BinaryOperator o = operator(precedence); o != null; o = operator(precedence)) {
      left = new Binary(o, left, binary(precedence + 1));
    }
    return left;
  }

  private BinaryOperator operator(int precedence) {
    for (BinaryOperator o : BinaryOperator.values()) {
      if (o.precedence() == precedence && accept(o.text())) {
        return o;
      }
    }
    return null;
  }

  private PlanExpression unary() throws InvalidPlanException {
    enter();
    PlanExpression result = prefixed();
    depth--;
    return result;
  }

  private PlanExpression prefixed() throws InvalidPlanException {
    for (UnaryOperator o : UnaryOperator.values()) {
      if (accept(o.text())) {
        return new Unary(o, unary());
      }
    }
    if (!accept("(")) {
      return primary();
    }
    Matcher cast = CAST.matcher(peek());
    if (cast.matches()) {
      next++;
      expect(")");
      return new Cast(Integer.parseInt(cast.group(2)), cast.group(1).equals("s"), unary());
    }
    PlanExpression inner = conditional();
    expect(")");
    return inner;
  }

  private PlanExpression primary() throws InvalidPlanException {
    String token = peek();
    next++;
    if (token.isEmpty()) {
      throw error("ends too early");
    }
    if (Character.isDigit(token.charAt(0))) {
      return number(token);
    }
    if (token.equals("V")) {
      return new Value();
    }
    if (token.equals(PlanExpression.MEMORY)) {
      return new PlanExpression.Memory();
    }
    if (PlanExpression.REGISTERS.contains(token)) {
      return new Register(token);
    }
    for (BinaryOperator o : BinaryOperator.values()) {
      if (o.isFunction() && o.text().equals(token)) {
        expect("(");
        PlanExpression left = conditional();
        expect(",");
        PlanExpression right = conditional();
        expect(")");
        return new Binary(o, left, right);
      }
    }
    throw error("has '" + token + "' where a number, V or a register is expected");
  }

  private PlanExpression number(String token) throws InvalidPlanException {
    boolean hex = token.startsWith("0x") || token.startsWith("0X");
    if (!hex && token.length() > 1 && token.startsWith("0")) {
      throw error("has the number '" + token + "', which C would read as octal");
    }
    try {
      return new PlanExpression.Number(
          hex ? Long.parseUnsignedLong(token.substring(2), 16) : Long.parseUnsignedLong(token));
    } catch (NumberFormatException e) {
      throw error("has the number '" + token + "', which does not fit in 64 bits");
    }
  }

  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private boolean accept(String token) {
    if (peek().equals(token)) {
      next++;
      return true;
    }
    return false;
  }

  private void expect(String token) throws InvalidPlanException {
    if (!accept(token)) {
      throw error(
          next < tokens.size()
              ? "has '" + peek() + "' where '" + token + "' is expected"
              : "ends where '" + token + "' is expected");
    }
  }

  private void enter() throws InvalidPlanException {
    if (++depth > MAX_DEPTH) {
      throw error("is nested too deeply");
    }
  }

  private InvalidPlanException error(String what) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new InvalidPlanException("The plan's expression \"" + shown + "\" " + what + ".");
  }
}

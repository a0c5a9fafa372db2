// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import java.util.List;
import java.util.Objects;

/**
 * An expression of a plan: unsigned 64-bit arithmetic with wrap-around over the constant's value,
 * the registers as they stand at the probe, and the memory that a skipped instruction would have
 * read. Immutable.
 *
 * <p>The language is C's, with 64-bit operands throughout: comparisons are unsigned and yield 0 or
 * 1, {@code >>} is logical, shift counts are taken modulo 64, {@code sar} and {@code slt} are the
 * signed shift and comparison, and a cast truncates and then extends to 64 bits.
 */
public sealed interface PlanExpression {

  /** The registers that an expression may name: the 64-bit ones of {@code struct pt_regs}. */
  List<String> REGISTERS =
      List.of(
          "ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "r8", "r9", "r10", "r11", "r12", "r13",
          "r14", "r15");

  /** How an expression names the memory operand of the instruction that its probe skips. */
  String MEMORY = "mem";

  /**
   * Parses one expression.
   *
   * @param text the expression, at most {@value PlanExpressionParser#MAX_LENGTH} characters
   * @throws InvalidPlanException when the text is not exactly one expression of the language
   */
  static PlanExpression parse(String text) throws InvalidPlanException {
    return new PlanExpressionParser(text).parse();
  }

  /** Returns the text that parses back into an equal expression. */
  default String text() {
    return PlanExpressionPrinter.plan(this);
  }

  /** An unsigned 64-bit number. */
  record Number(long value) implements PlanExpression {}

  /** The constant's value, {@code V}. */
  record Value() implements PlanExpression {}

  /** A register as it stands at the probe. */
  record Register(String name) implements PlanExpression {
    public Register {
      if (!REGISTERS.contains(name)) {
        throw new IllegalArgumentException("no such register: " + name);
      }
    }
  }

  /** What the skipped instruction's memory operand holds, zero-extended, read once. */
  record Memory() implements PlanExpression {}

  /**
   * Keeps the low bits and extends them to 64.
   *
   * @param width 8, 16 or 32
   */
  record Cast(int width, boolean signed, PlanExpression operand) implements PlanExpression {
    public Cast {
      if (width != 8 && width != 16 && width != 32) {
        throw new IllegalArgumentException("no such cast: " + width);
      }
      Objects.requireNonNull(operand);
    }
  }

  /** One operator before one operand. */
  record Unary(UnaryOperator operator, PlanExpression operand) implements PlanExpression {}

  /** One operator between two operands, or a function of two. */
  record Binary(BinaryOperator operator, PlanExpression left, PlanExpression right)
      implements PlanExpression {}

  /** {@code condition ? then : otherwise}; only the chosen side is evaluated. */
  record Conditional(PlanExpression condition, PlanExpression then, PlanExpression otherwise)
      implements PlanExpression {}

  /** The operators of one operand. */
  enum UnaryOperator {
    NEGATE("-"),
    COMPLEMENT("~"),
    NOT("!");

    private final String text;

    UnaryOperator(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** The operators of two operands, with the precedence that C gives them. */
  enum BinaryOperator {
    OR("|", 1),
    XOR("^", 2),
    AND("&", 3),
    EQUAL("==", 4),
    NOT_EQUAL("!=", 4),
    LESS("<", 5),
    LESS_OR_EQUAL("<=", 5),
    GREATER(">", 5),
    GREATER_OR_EQUAL(">=", 5),
    SHIFT_LEFT("<<", 6),
    SHIFT_RIGHT(">>", 6),
    ADD("+", 7),
    SUBTRACT("-", 7),
    MULTIPLY("*", 8),
    SHIFT_RIGHT_SIGNED("sar", 0),
    LESS_SIGNED("slt", 0);

    private final String text;
    private final int precedence;

    BinaryOperator(String text, int precedence) {
      this.text = text;
      this.precedence = precedence;
    }

    String text() {
      return text;
    }

    /** Returns 1 (binds least) to 8, or 0 for what is written as a function. */
    int precedence() {
      return precedence;
    }

    boolean isFunction() {
      return precedence == 0;
    }
  }

  /** Gives the registers, and {@link #MEMORY}, their values. */
  @FunctionalInterface
  interface Registers {
    /** Returns the 64-bit value of what has that name. */
    long read(String name);
  }

  /**
   * Computes the expression.
   *
   * @param v the constant's value as 64 bits
   * @param registers the registers as they stand at the probe
   * @return 64 bits, to be read as unsigned
   */
  default long evaluate(long v, Registers registers) {
    return switch (this) {
      case Number n -> n.value();
      case Value _ -> v;
      case Register r -> registers.read(r.name());
      case Memory _ -> registers.read(MEMORY);
      case Cast c -> cast(c.width(), c.signed(), c.operand().evaluate(v, registers));
      case Unary u -> {
        long x = u.operand().evaluate(v, registers);
        yield switch (u.operator()) {
          case NEGATE -> -x;
          case COMPLEMENT -> ~x;
          case NOT -> x == 0 ? 1 : 0;
        };
      }
      case Binary b ->
          apply(b.operator(), b.left().evaluate(v, registers), b.right().evaluate(v, registers));
      case Conditional c ->
          c.condition().evaluate(v, registers) != 0
              ? c.then().evaluate(v, registers)
              : c.otherwise().evaluate(v, registers);
    };
  }

  /** Returns the same expression at one value of the constant, with what is then known computed. */
  default PlanExpression at(long v) {
    return switch (this) {
      case Number n -> n;
      case Value _ -> new Number(v);
      case Register _, Memory _ -> this;
      case Cast c -> folded(new Cast(c.width(), c.signed(), c.operand().at(v)), v);
      case Unary u -> folded(new Unary(u.operator(), u.operand().at(v)), v);
      case Binary b -> folded(new Binary(b.operator(), b.left().at(v), b.right().at(v)), v);
      case Conditional c ->
          c.condition().at(v) instanceof Number n
              ? n.value() != 0 ? c.then().at(v) : c.otherwise().at(v)
              : new Conditional(c.condition().at(v), c.then().at(v), c.otherwise().at(v));
    };
  }

  private static PlanExpression folded(PlanExpression e, long v) {
    return e.readsRegisters()
        ? e
        : new Number(
            e.evaluate(
                v,
                name -> {
                  throw new IllegalStateException("nothing reads " + name);
                }));
  }

  /** Returns whether the value depends on more than the constant. */
  default boolean readsRegisters() {
    return switch (this) {
      case Number _, Value _ -> false;
      case Register _, Memory _ -> true;
      case Cast c -> c.operand().readsRegisters();
      case Unary u -> u.operand().readsRegisters();
      case Binary b -> b.left().readsRegisters() || b.right().readsRegisters();
      case Conditional c ->
          c.condition().readsRegisters()
              || c.then().readsRegisters()
              || c.otherwise().readsRegisters();
    };
  }

  /** Returns whether the value depends on the skipped instruction's memory operand. */
  default boolean readsMemory() {
    return switch (this) {
      case Number _, Value _, Register _ -> false;
      case Memory _ -> true;
      case Cast c -> c.operand().readsMemory();
      case Unary u -> u.operand().readsMemory();
      case Binary b -> b.left().readsMemory() || b.right().readsMemory();
      case Conditional c ->
          c.condition().readsMemory() || c.then().readsMemory() || c.otherwise().readsMemory();
    };
  }

  /** Keeps the low {@code width} bits of {@code x} and extends them to 64. */
  private static long cast(int width, boolean signed, long x) {
    int shift = 64 - width;
    return signed ? x << shift >> shift : x << shift >>> shift;
  }

  private static long apply(BinaryOperator operator, long a, long b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_LEFT -> a << b;
      case SHIFT_RIGHT -> a >>> b;
      case SHIFT_RIGHT_SIGNED -> a >> b;
      case EQUAL -> a == b ? 1 : 0;
      case NOT_EQUAL -> a != b ? 1 : 0;
      case LESS -> Long.compareUnsigned(a, b) < 0 ? 1 : 0;
      case LESS_OR_EQUAL -> Long.compareUnsigned(a, b) <= 0 ? 1 : 0;
      case GREATER -> Long.compareUnsigned(a, b) > 0 ? 1 : 0;
      case GREATER_OR_EQUAL -> Long.compareUnsigned(a, b) >= 0 ? 1 : 0;
      case LESS_SIGNED -> a < b ? 1 : 0;
    };
  }
}

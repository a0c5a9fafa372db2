// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A bit-vector expression of 1 to 64 bits. Immutable, compared by structure, made only by {@link
 * Bits}, whose simplifier keeps it in normal form.
 */
public final class Expr implements Comparable<Expr> {

  /** What an expression is. */
  public enum Op {
    /** A number. */
    CONST,
    /** Something that may have any value; known by its name. */
    INPUT,
    /** Some function, known by its name alone, of the arguments: equal arguments, equal result. */
    APPLY,
    /** Sum of the arguments, a number first if there is one. */
    ADD,
    /** Product of the arguments, a number first if there is one. */
    MUL,
    AND,
    OR,
    XOR,
    /** First argument shifted by the second (same width, read as unsigned, any size). */
    SHL,
    LSHR,
    ASHR,
    /** {@code width} bits of the argument, from bit {@code value}. */
    EXTRACT,
    /** The arguments side by side, the highest first. */
    CONCAT,
    /** The argument extended by its sign. */
    SEXT,
    /** The second argument if the first (one bit) is set, else the third. */
    ITE,
    EQ,
    ULT,
    SLT,
    /** Whether {@code a + b} overflows as signed numbers. */
    ADD_OVERFLOW,
    /** Whether {@code a - b} overflows as signed numbers. */
    SUB_OVERFLOW,
    /** Whether {@code a * b} overflows as signed numbers. */
    MUL_OVERFLOW,
    /** Whether the argument (8 bits) has an even number of ones. */
    PARITY,
    /** The number of ones in the argument. */
    POPCOUNT,
    /** One more than the number of the argument's highest one; 0 for 0. */
    BIT_LENGTH,
    /** The high 64 bits of the product of two unsigned numbers of 64 bits. */
    UMUL_HIGH,
    /** The high 64 bits of the product of two signed numbers of 64 bits. */
    SMUL_HIGH
  }

  private final Op op;
  private final int width;
  private final long value;
  private final String name;
  private final List<Expr> args;
  private final int hash;
  private final int size;

  Expr(Op op, int width, long value, String name, List<Expr> args) {
    if (width < 1 || width > 64) {
      throw new IllegalArgumentException("no bit-vector of " + width + " bits");
    }
    this.op = op;
    this.width = width;
    this.value = value;
    this.name = name;
    this.args = List.copyOf(args);
    int h = 31 * (31 * (31 * op.ordinal() + width) + Long.hashCode(value)) + name.hashCode();
    long s = 1;
    for (Expr a : this.args) {
      h = 31 * h + a.hash;
      s += a.size;
    }
    this.hash = h;
    this.size = (int) Math.min(s, Integer.MAX_VALUE);
  }

  public Op op() {
    return op;
  }

  /** Returns the width in bits. */
  public int width() {
    return width;
  }

  /** Returns a CONST's number, or an EXTRACT's lowest bit. */
  public long value() {
    return value;
  }

  /** Returns the name of an INPUT or APPLY, else the empty string. */
  public String name() {
    return name;
  }

  public List<Expr> args() {
    return args;
  }

  public Expr arg(int i) {
    return args.get(i);
  }

  /** Returns the number of nodes when written out as a tree. */
  public int size() {
    return size;
  }

  public boolean isConst() {
    return op == Op.CONST;
  }

  public boolean isConst(long number) {
    return op == Op.CONST && value == (number & Bits.mask(width));
  }

  /** Calls {@code visitor} for this expression and everything in it. */
  public void visit(Consumer<Expr> visitor) {
    visitor.accept(this);
    args.forEach(a -> a.visit(visitor));
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Expr e
            && hash == e.hash
            && size == e.size
            && op == e.op
            && width == e.width
            && value == e.value
            && name.equals(e.name)
            && args.equals(e.args);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** A total order without meaning, for the arguments of what commutes. */
  @Override
  public int compareTo(Expr e) {
    if (this == e) {
      return 0;
    }
    int c = Integer.compare(op.ordinal(), e.op.ordinal());
    c = c != 0 ? c : Integer.compare(size, e.size);
    c = c != 0 ? c : Integer.compare(width, e.width);
    c = c != 0 ? c : Long.compare(value, e.value);
    c = c != 0 ? c : name.compareTo(e.name);
    c = c != 0 ? c : Integer.compare(args.size(), e.args.size());
    for (int i = 0; c == 0 && i < args.size(); i++) {
      c = args.get(i).compareTo(e.args.get(i));
    }
    return c;
  }

  @Override
  public String toString() {
    return switch (op) {
      case CONST -> "0x" + Long.toHexString(value) + ":" + width;
      case INPUT -> name;
      case EXTRACT -> arg(0) + "[" + (value + width - 1) + ":" + value + "]";
      default ->
          (op == Op.APPLY ? name : op.name().toLowerCase(java.util.Locale.ROOT))
              + args.stream().map(Expr::toString).collect(Collectors.joining(", ", "(", ")"));
    };
  }
}

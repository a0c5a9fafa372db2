// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.span.Content.Mark;
import io.kernelx.sie.span.StateUse.Kind;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What instructions make of contents, as far as {@link KeptState} wants to know: which of an
 * operation's results still tells by which number of the constant it was made, and what the
 * operation shows of lasting memory.
 */
final class StateMeaning {

  /** What is told apart. */
  private enum Operation {
    COPY,
    ADD,
    SUBTRACT,
    MASK,
    BIT,
    SET,
    UP,
    DOWN,
    MULTIPLY,
    COMPARE,
    OTHER
  }

  private static final Map<String, Operation> OPERATIONS =
      Map.ofEntries(
          Map.entry("mov", Operation.COPY),
          Map.entry("xchg", Operation.COPY),
          Map.entry("cmpxchg", Operation.COPY),
          Map.entry("movzx", Operation.COPY),
          Map.entry("movsx", Operation.COPY),
          Map.entry("movsxd", Operation.COPY),
          Map.entry("add", Operation.ADD),
          Map.entry("xadd", Operation.ADD),
          Map.entry("lea", Operation.ADD),
          Map.entry("inc", Operation.ADD),
          Map.entry("sub", Operation.SUBTRACT),
          Map.entry("dec", Operation.SUBTRACT),
          Map.entry("and", Operation.MASK),
          Map.entry("test", Operation.MASK),
          Map.entry("andn", Operation.MASK),
          Map.entry("bextr", Operation.MASK),
          Map.entry("bzhi", Operation.MASK),
          Map.entry("bt", Operation.BIT),
          Map.entry("bts", Operation.BIT),
          Map.entry("btr", Operation.BIT),
          Map.entry("btc", Operation.BIT),
          Map.entry("or", Operation.SET),
          Map.entry("xor", Operation.SET),
          Map.entry("shl", Operation.UP),
          Map.entry("shlx", Operation.UP),
          Map.entry("shld", Operation.UP),
          Map.entry("shr", Operation.DOWN),
          Map.entry("sar", Operation.DOWN),
          Map.entry("shrx", Operation.DOWN),
          Map.entry("sarx", Operation.DOWN),
          Map.entry("shrd", Operation.DOWN),
          Map.entry("rol", Operation.DOWN),
          Map.entry("ror", Operation.DOWN),
          Map.entry("imul", Operation.MULTIPLY),
          Map.entry("mul", Operation.MULTIPLY),
          Map.entry("cmp", Operation.COMPARE));

  private StateMeaning() {}

  /**
   * What an operation yields.
   *
   * @param content of the place that is written, if one is
   * @param shows what it shows of the lasting memory that its operands come from
   */
  record Result(Content content, Set<Kind> shows) {}

  /**
   * Returns what comes of an operation.
   *
   * @param mnemonic its name
   * @param a what the operand holds that is worked on
   * @param b what the other one holds; of a shift or a bit, the count
   * @param width bits of the operands
   */
  static Result of(String mnemonic, Content a, Content b, int width) {
    Set<Kind> shows = EnumSet.noneOf(Kind.class);
    Content content =
        switch (OPERATIONS.getOrDefault(mnemonic, Operation.OTHER)) {
          case COPY -> b;
          case ADD -> sum(a, b, false, width, shows);
          case SUBTRACT -> sum(a, b, true, width, shows);
          case MASK -> mask(a, b, width, shows);
          case BIT -> {
            if (b.derived() && a.persistent()) {
              shows.add(Kind.BIT);
            }
            yield a.with(b);
          }
          case SET -> {
            boolean set = a.persistent() && b.constant() || b.persistent() && a.constant();
            yield set ? a.with(b).marked(Mark.BITS) : a.with(b);
          }
          case UP -> b.derived() ? up(a, b, shows) : stride(a.with(b));
          case DOWN -> {
            if (a.persistent() && (b.derived() || a.has(Mark.MULTIPLIED))) {
              shows.add(Kind.SHIFTED_DOWN);
            }
            yield b.derived() ? down(a, b, shows) : a.with(b);
          }
          case MULTIPLY -> {
            boolean by = b.surely() || a.surely();
            if (by) {
              shows.add(Kind.READ_UP);
            }
            yield by ? a.with(b).marked(Mark.MULTIPLIED) : stride(a.with(b));
          }
          case COMPARE -> {
            compared(a, b, shows);
            yield Content.NOTHING;
          }
          case OTHER -> a.with(b);
        };
    return new Result(content, shows);
  }

  private static Content up(Content a, Content b, Set<Kind> shows) {
    if (!a.constant() && !a.has(Mark.SHIFTED_DOWN)) {
      shows.addAll(Set.of(Kind.SCALED_UP, Kind.READ_UP));
    }
    return a.with(b).marked(Mark.SHIFTED_UP);
  }

  private static Content down(Content a, Content b, Set<Kind> shows) {
    if (!a.constant() && !a.has(Mark.SHIFTED_UP) && !b.has(Mark.FACTOR)) {
      shows.add(Kind.SCALED_DOWN);
    }
    return a.with(b).scaledBack();
  }

  private static Content sum(Content a, Content b, boolean minus, int width, Set<Kind> shows) {
    remainder(a, b, shows);
    if (a.surely() && b.surely()) {
      return Content.number(0);
    }
    if (!minus && a.addend() && !b.addend()) {
      return sum(b, a, false, width, shows);
    }
    Content sum = a.with(b);
    boolean from = a.persistent() && b.has(Mark.STRIDE) || b.persistent() && a.has(Mark.STRIDE);
    if (from && width == 64 && !minus) {
      sum = sum.marked(Mark.POSITION);
    }
    if (scaled(a) && plain(b) || scaled(b) && plain(a)) {
      sum = sum.marked(Mark.MIXED);
    }
    boolean lower = b.numbers().stream().anyMatch(n -> n < 0) != minus;
    if (b.addend() && a.persistent()) {
      sum = sum.marked(lower ? Mark.LOWERED : Mark.RAISED);
    }
    return b.addend() && !lower || minus && a.addend() ? sum.marked(Mark.SUM) : sum;
  }

  private static boolean scaled(Content c) {
    return c.has(Mark.SHIFTED_UP) && !c.has(Mark.FACTOR);
  }

  private static boolean plain(Content c) {
    return c.persistent() && !c.has(Mark.SHIFTED_UP);
  }

  private static Content mask(Content a, Content b, int width, Set<Kind> shows) {
    if (a.persistent() && a.has(Mark.SHIFTED_DOWN)) {
      shows.add(Kind.BIT);
    }
    Content by = b.constant() ? b : a;
    Content masked = a.with(b).stepless();
    if (!by.constant()) {
      return masked;
    }
    long all = width == 64 ? -1 : (1L << width) - 1;
    boolean low = by.numbers().stream().anyMatch(n -> below(n & all));
    boolean high = by.numbers().stream().anyMatch(n -> below(~n & all));
    masked = low ? masked.marked(Mark.LOW) : masked;
    if (!(by == b ? a : b).persistent()) {
      return masked;
    }
    shows.add(low || high ? Kind.REMAINDER : Kind.BIT);
    return low ? masked.marked(Mark.RESIDUE) : masked;
  }

  private static Content stride(Content product) {
    return product.has(Mark.LOW) ? product.marked(Mark.STRIDE) : product;
  }

  /** Returns whether all bits that are set lie below all that are not. */
  private static boolean below(long bits) {
    return (bits & bits + 1) == 0;
  }

  /** A division without remainder is told by a product and a bound, both of the constant. */
  private static void compared(Content a, Content b, Set<Kind> shows) {
    remainder(a, b, shows);
    if (a.persistent() && a.has(Mark.MULTIPLIED) && b.constant()) {
      shows.add(Kind.REMAINDER);
    }
  }

  /** What is left when a product that it was used for is taken off it. */
  private static void remainder(Content a, Content b, Set<Kind> shows) {
    boolean same = a.state().stream().anyMatch(p -> b.state().stream().anyMatch(p::meets));
    if (same && !a.derived() && b.has(Mark.MULTIPLIED)) {
      shows.add(Kind.REMAINDER);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.symbolic.Expr.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Builds the same random expression twice, simplified and not, and compares them on numbers. */
class BitsTest {

  private static final int[] WIDTHS = {1, 5, 8, 16, 32, 64};
  private static final String[] NAMES = {"a", "b", "c"};

  @Property(tries = 20_000)
  void simplifiedExpressionsMeanTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    Pair pair = tree(random, WIDTHS[random.nextInt(WIDTHS.length)], 5);
    for (int i = 0; i < 8; i++) {
      long salt = random.nextLong();
      int kind = random.nextInt(3);
      assertThat(Evaluator.evaluate(pair.simple, e -> value(e, salt, kind)))
          .as("%s against %s", pair.raw, pair.simple)
          .isEqualTo(Evaluator.evaluate(pair.raw, e -> value(e, salt, kind)));
    }
  }

  /** Two numbers that look alike, small ones and any: simplifiers err at the edges. */
  private static long value(Expr input, long salt, int kind) {
    long h = (input.name().hashCode() + salt) * 0x9e3779b97f4a7c15L;
    return switch (kind) {
      case 0 -> h >> 62;
      case 1 -> 1L << (h >>> 58);
      default -> h;
    };
  }

  private record Pair(Expr raw, Expr simple) {}

  private static Pair tree(Random r, int width, int depth) {
    if (depth == 0 || r.nextInt(8) == 0) {
      Expr leaf =
          switch (r.nextInt(3)) {
            case 0 -> Bits.constant(width, r.nextInt(3) == 0 ? r.nextLong() : r.nextInt(4) - 2);
            default -> Bits.input(NAMES[r.nextInt(NAMES.length)] + width, width);
          };
      return new Pair(leaf, leaf);
    }
    Op op = Op.values()[r.nextInt(Op.values().length)];
    return switch (op) {
      case ADD, MUL, AND, OR, XOR, SHL, LSHR, ASHR -> {
        Pair a = tree(r, width, depth - 1);
        Pair b = tree(r, width, depth - 1);
        yield node(op, width, 0, a, b);
      }
      case EXTRACT -> {
        int low = r.nextInt(64 - width + 1);
        int from = Math.max(low + width, width);
        Pair a = tree(r, Math.min(64, from + r.nextInt(3)), depth - 1);
        yield node(op, width, low, a);
      }
      case CONCAT -> {
        if (width == 1) {
          yield tree(r, width, depth - 1);
        }
        int high = 1 + r.nextInt(width - 1);
        Pair a = r.nextBoolean() ? zero(high) : tree(r, high, depth - 1);
        yield node(op, width, 0, a, tree(r, width - high, depth - 1));
      }
      case SEXT -> {
        if (width == 1) {
          yield tree(r, width, depth - 1);
        }
        yield node(op, width, 0, tree(r, 1 + r.nextInt(width - 1), depth - 1));
      }
      case ITE ->
          node(
              op,
              width,
              0,
              tree(r, 1, depth - 1),
              tree(r, width, depth - 1),
              tree(r, width, depth - 1));
      case EQ, ULT, SLT, ADD_OVERFLOW, SUB_OVERFLOW, MUL_OVERFLOW -> {
        int w = WIDTHS[r.nextInt(WIDTHS.length)];
        Pair bit = node(op, 1, 0, tree(r, w, depth - 1), tree(r, w, depth - 1));
        yield width == 1 ? bit : node(Op.CONCAT, width, 0, zero(width - 1), bit);
      }
      case PARITY -> {
        Pair bit = node(op, 1, 0, tree(r, 8, depth - 1));
        yield width == 1 ? bit : node(Op.CONCAT, width, 0, zero(width - 1), bit);
      }
      case POPCOUNT, BIT_LENGTH -> node(op, width, 0, tree(r, width, depth - 1));
      case UMUL_HIGH, SMUL_HIGH -> {
        Pair high = node(op, 64, 0, tree(r, 64, depth - 1), tree(r, 64, depth - 1));
        yield width == 64 ? high : node(Op.EXTRACT, width, 64 - width, high);
      }
      case APPLY -> node(op, width, 0, tree(r, 8, depth - 1));
      case CONST, INPUT -> tree(r, width, 0);
    };
  }

  private static Pair zero(int width) {
    return new Pair(Bits.constant(width, 0), Bits.constant(width, 0));
  }

  private static Pair node(Op op, int width, long value, Pair... args) {
    List<Expr> raw = new ArrayList<>();
    List<Expr> simple = new ArrayList<>();
    for (Pair p : args) {
      raw.add(p.raw);
      simple.add(p.simple);
    }
    Expr bare = new Expr(op, width, value, op == Op.APPLY ? "f" : "", raw);
    return new Pair(bare, Bits.rebuild(bare, simple));
  }

  @Test
  void theQuestionAboutLowBitsSeesOnlyLowBits() {
    Expr x = Bits.input("x", 32);
    Expr wide = Bits.add(x, Bits.constant(32, 0x100));
    Expr narrow = Bits.add(Bits.low(x, 16), Bits.constant(16, 0x100));
    assertThat(Bits.low(wide, 16)).isEqualTo(narrow);
    assertThat(Bits.low(Bits.constant(32, 0xfff0_0100L), 16)).isEqualTo(Bits.constant(16, 0x100));
  }

  @Test
  void sumsAreAffine() {
    Expr x = Bits.input("x", 64);
    Expr y = Bits.input("y", 64);
    Expr eight = Bits.constant(64, 8);
    assertThat(Bits.sub(Bits.add(Bits.shl(x, Bits.constant(64, 3)), y), Bits.mul(eight, x)))
        .isEqualTo(y);
    assertThat(Bits.not(Bits.not(x))).isEqualTo(x);
    assertThat(Bits.add(x, y)).isEqualTo(Bits.add(y, x));
    assertThat(Bits.eq(Bits.add(x, eight), Bits.add(y, eight))).isEqualTo(Bits.eq(y, x));
  }

  @Test
  void partsSideBySideGrowTogether() {
    Expr x = Bits.input("x", 64);
    assertThat(Bits.concat(Bits.extract(x, 63, 16), Bits.low(x, 16))).isEqualTo(x);
    Expr masked = Bits.and(x, Bits.constant(64, 0xff00));
    assertThat(Bits.extract(masked, 15, 8)).isEqualTo(Bits.extract(x, 15, 8));
    assertThat(Bits.low(masked, 8).isConst(0)).isTrue();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Register;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.BinaryOperator;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.UnaryOperator;
import io.kernelx.sie.plan.PlanExpression.Value;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a bit-vector expression in the plan's language, over V and over what the registers hold at
 * the probe.
 *
 * <p>Two forms are in play: {@code low} has the right bits below the expression's width and any
 * above; {@code exact} is zero-extended. Sums, products and the bitwise operations only need the
 * low form of their operands.
 */
final class ExpressionWriter {

  static final Expr V = Bits.input("V", 64);

  private final MachineState probe;
  private final Set<Register> usable;
  private final Optional<Expr> memory;

  /**
   * @param probe the state at the probe, as the running kernel has it
   * @param usable registers that may be read
   * @param memory what the memory operand holds that the probe may read, if there is one
   */
  ExpressionWriter(MachineState probe, Set<Register> usable, Optional<Expr> memory) {
    this.probe = probe;
    this.usable = usable;
    this.memory = memory;
  }

  /** Returns an expression whose low bits are {@code e}, or empty if something is not at hand. */
  Optional<PlanExpression> low(Expr e) {
    Optional<PlanExpression> register = register(e);
    if (register.isPresent()) {
      return register;
    }
    return switch (e.op()) {
      case CONST -> number(e.value());
      case ADD -> sum(e).or(() -> byDistance(e));
      case MUL -> fold(e.args(), BinaryOperator.MULTIPLY);
      case AND -> fold(e.args(), BinaryOperator.AND);
      case OR -> fold(e.args(), BinaryOperator.OR);
      case XOR -> fold(e.args(), BinaryOperator.XOR);
      case ITE ->
          exact(e.arg(0))
              .flatMap(
                  c ->
                      low(e.arg(1)).flatMap(t -> low(e.arg(2)).map(f -> new Conditional(c, t, f))));
      case EXTRACT -> e.value() == 0 ? low(e.arg(0)) : exact(e);
      case SHL -> limited(e).flatMap(n -> binary(BinaryOperator.SHIFT_LEFT, low(e.arg(0)), n));
      case SEXT -> signed(e.arg(0));
      default -> exact(e);
    };
  }

  /** Returns an expression that is {@code e}, zero-extended, or empty. */
  Optional<PlanExpression> exact(Expr e) {
    return plain(e).or(() -> negated(e));
  }

  /** Writes a bit whose opposite a register holds. A complement has its bits turned, each. */
  private Optional<PlanExpression> negated(Expr e) {
    if (e.width() != 1) {
      return Optional.empty();
    }
    int bit = (int) e.value();
    return register(Bits.not(e))
        .or(
            () ->
                e.op() == Expr.Op.EXTRACT
                    ? register(Bits.extract(Bits.not(e.arg(0)), bit, bit))
                    : Optional.empty())
        .map(r -> new Unary(UnaryOperator.NOT, cut(r, 1)));
  }

  private Optional<PlanExpression> plain(Expr e) {
    return switch (e.op()) {
      case CONST -> number(e.value());
      case INPUT, APPLY -> register(e).map(x -> cut(x, e.width()));
      case EQ -> binary(BinaryOperator.EQUAL, exact(e.arg(0)), exact(e.arg(1)));
      case ULT -> binary(BinaryOperator.LESS, exact(e.arg(0)), exact(e.arg(1)));
      case SLT -> binary(BinaryOperator.LESS_SIGNED, signed(e.arg(0)), signed(e.arg(1)));
      case LSHR ->
          register(e)
              .map(r -> cut(r, e.width()))
              .or(
                  () ->
                      limited(e)
                          .flatMap(n -> binary(BinaryOperator.SHIFT_RIGHT, exact(e.arg(0)), n)));
      case ASHR ->
          register(e)
              .map(r -> cut(r, e.width()))
              .or(
                  () ->
                      limited(e)
                          .flatMap(
                              n -> binary(BinaryOperator.SHIFT_RIGHT_SIGNED, signed(e.arg(0)), n))
                          .map(x -> cut(x, e.width())));
      case EXTRACT ->
          register(e)
              .or(
                  () ->
                      e.value() == 0
                          ? low(e.arg(0))
                          : low(e.arg(0))
                              .map(
                                  x ->
                                      new Binary(
                                          BinaryOperator.SHIFT_RIGHT,
                                          x,
                                          new PlanExpression.Number(e.value()))))
              .map(x -> cut(x, e.width()));
      case CONCAT -> register(e).map(r -> cut(r, e.width())).or(() -> concat(e));
      case ITE ->
          exact(e.arg(0))
              .flatMap(
                  c ->
                      exact(e.arg(1))
                          .flatMap(t -> exact(e.arg(2)).map(f -> new Conditional(c, t, f))));
      case XOR ->
          e.width() == 1 && e.args().size() == 2 && e.arg(0).isConst(1)
              ? exact(e.arg(1)).map(x -> new Unary(UnaryOperator.NOT, x))
              : low(e).map(x -> cut(x, e.width()));
      case ADD, MUL, AND, OR, SHL, SEXT -> low(e).map(x -> cut(x, e.width()));
      case SUB_OVERFLOW -> exact(overflow(e.arg(0), e.arg(1), Bits.sub(e.arg(0), e.arg(1)), true));
      case ADD_OVERFLOW -> exact(overflow(e.arg(0), e.arg(1), Bits.add(e.arg(0), e.arg(1)), false));
      case MUL_OVERFLOW, PARITY, POPCOUNT, BIT_LENGTH, UMUL_HIGH, SMUL_HIGH -> Optional.empty();
    };
  }

  /** Writes signed overflow out of the signs of the operands and of the result. */
  private static Expr overflow(Expr a, Expr b, Expr result, boolean difference) {
    Expr other = difference ? Bits.not(Bits.sign(b)) : Bits.sign(b);
    return Bits.and(
        Bits.not(Bits.xor(Bits.sign(a), other)), Bits.xor(Bits.sign(a), Bits.sign(result)));
  }

  /** Returns the register whose low bits are {@code e}, or V, or the memory operand. */
  private Optional<PlanExpression> register(Expr e) {
    if (e.isConst()) {
      return Optional.empty();
    }
    if (e.equals(Bits.low(V, e.width()))) {
      return Optional.of(new Value());
    }
    if (memory
        .filter(m -> m.width() >= e.width() && Bits.low(m, e.width()).equals(e))
        .isPresent()) {
      return Optional.of(new PlanExpression.Memory());
    }
    for (Register r : usable) {
      if (Bits.low(probe.register(r), e.width()).equals(e)) {
        return r.ptRegsName().map(PlanExpression.Register::new);
      }
    }
    return Optional.empty();
  }

  private Optional<PlanExpression> signed(Expr e) {
    if (e.width() == 64) {
      return low(e);
    }
    if (e.width() == 8 || e.width() == 16 || e.width() == 32) {
      return low(e).map(x -> new Cast(e.width(), true, x));
    }
    PlanExpression n = new PlanExpression.Number(64L - e.width());
    return low(e)
        .map(
            x ->
                new Binary(
                    BinaryOperator.SHIFT_RIGHT_SIGNED,
                    new Binary(BinaryOperator.SHIFT_LEFT, x, n),
                    n));
  }

  private Optional<PlanExpression> concat(Expr e) {
    PlanExpression all = null;
    int at = e.width();
    for (Expr part : e.args()) {
      at -= part.width();
      if (part.isConst(0)) {
        continue;
      }
      Optional<PlanExpression> p = exact(part);
      if (p.isEmpty()) {
        return Optional.empty();
      }
      PlanExpression placed =
          at == 0
              ? p.get()
              : new Binary(BinaryOperator.SHIFT_LEFT, p.get(), new PlanExpression.Number(at));
      all = all == null ? placed : new Binary(BinaryOperator.OR, all, placed);
    }
    return Optional.ofNullable(all).or(() -> number(0));
  }

  private Optional<PlanExpression> sum(Expr e) {
    PlanExpression all = null;
    for (boolean negative : new boolean[] {false, true}) {
      for (Expr term : numberLast(e.args())) {
        Expr minus = Bits.neg(term);
        boolean subtract =
            term.isConst()
                ? Long.compareUnsigned(minus.value(), term.value()) < 0
                : minus.size() < term.size();
        if (subtract != negative) {
          continue;
        }
        Optional<PlanExpression> t = low(subtract ? minus : term);
        if (t.isEmpty()) {
          return Optional.empty();
        }
        if (all == null) {
          all = subtract ? new Unary(UnaryOperator.NEGATE, t.get()) : t.get();
        } else {
          all = new Binary(subtract ? BinaryOperator.SUBTRACT : BinaryOperator.ADD, all, t.get());
        }
      }
    }
    return Optional.ofNullable(all);
  }

  private static List<Expr> numberLast(List<Expr> terms) {
    return terms.stream().sorted(java.util.Comparator.comparing(Expr::isConst)).toList();
  }

  /**
   * Undoes what the running code added: where a register holds the wanted sum but for something
   * that is at hand, that is added to it.
   */
  private Optional<PlanExpression> byDistance(Expr e) {
    for (Register r : usable) {
      Expr distance = Bits.sub(e, Bits.low(probe.register(r), e.width()));
      if (distance.size() < e.size() + 2) {
        Optional<PlanExpression> d = distance.op() == Expr.Op.ADD ? sum(distance) : low(distance);
        if (d.isPresent() && !d.get().readsRegisters()) {
          PlanExpression base = new PlanExpression.Register(r.ptRegsName().orElseThrow());
          return Optional.of(new Binary(BinaryOperator.ADD, base, d.get()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<PlanExpression> fold(List<Expr> args, BinaryOperator operator) {
    if (operator == BinaryOperator.MULTIPLY && args.getFirst().isConst(-1) && args.size() == 2) {
      return low(args.get(1)).map(x -> new Unary(UnaryOperator.NEGATE, x));
    }
    Optional<PlanExpression> all = low(args.getFirst());
    for (Expr a : args.subList(1, args.size())) {
      all = binary(operator, all, low(a).orElse(null));
    }
    return all;
  }

  /** Returns the count of a shift, if it cannot reach 64: the language takes it modulo 64. */
  private Optional<PlanExpression> limited(Expr shift) {
    Expr count = shift.arg(1);
    boolean small =
        count.op() == Expr.Op.CONCAT
            && count.arg(0).isConst(0)
            && count.width() - count.arg(0).width() <= 6;
    return small ? exact(count) : Optional.empty();
  }

  private static Optional<PlanExpression> binary(
      BinaryOperator operator, Optional<PlanExpression> a, Optional<PlanExpression> b) {
    return a.flatMap(x -> b.map(y -> new Binary(operator, x, y)));
  }

  private static Optional<PlanExpression> binary(
      BinaryOperator operator, Optional<PlanExpression> a, PlanExpression b) {
    return b == null ? Optional.empty() : a.map(x -> new Binary(operator, x, b));
  }

  private static Optional<PlanExpression> number(long n) {
    return Optional.of(new PlanExpression.Number(n));
  }

  private static PlanExpression cut(PlanExpression x, int width) {
    return switch (width) {
      case 64 -> x;
      case 8, 16, 32 -> new Cast(width, false, x);
      default -> new Binary(BinaryOperator.AND, x, new PlanExpression.Number(Bits.mask(width)));
    };
  }
}

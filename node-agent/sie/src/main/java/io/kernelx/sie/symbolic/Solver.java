// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecNum;
import com.microsoft.z3.BoolExpr;
import com.microsoft.z3.Context;
import com.microsoft.z3.FuncDecl;
import com.microsoft.z3.Model;
import com.microsoft.z3.Params;
import com.microsoft.z3.Sort;
import com.microsoft.z3.Status;
import io.kernelx.sie.symbolic.Expr.Op;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks whether two expressions are equal for all inputs: by structure first, then Z3 with a time
 * limit. Safe for any number of threads; every question has a context of its own.
 */
public final class Solver {

  private final Duration limit;
  private final int steps;

  /**
   * @param limit for one question
   */
  public Solver(Duration limit) {
    this(limit, 0);
  }

  private Solver(Duration limit, int steps) {
    this.limit = limit;
    this.steps = steps;
  }

  /**
   * Returns a solver that gives up after a number of its own steps, so that the answer does not
   * depend on how fast the machine is.
   *
   * @param limit for one question, in case that the steps take very long
   * @param steps for one question; some millions take seconds
   */
  public static Solver bounded(Duration limit, int steps) {
    return new Solver(limit, steps);
  }

  /** The answer to one question. */
  public sealed interface Answer {
    /** Equal for all inputs; {@code structural} if the normal forms were the same. */
    record Proved(boolean structural) implements Answer {}

    /**
     * Different for these inputs.
     *
     * @param inputs name to value, by name
     * @param left what the first expression is there
     * @param right what the second is there
     */
    record CounterExample(Map<String, Long> inputs, long left, long right) implements Answer {
      /** Returns the example as text: inputs, then both results, in hexadecimal. */
      public String text() {
        StringBuilder s = new StringBuilder();
        inputs.forEach(
            (name, v) -> s.append(name).append("=0x").append(Long.toHexString(v)).append(' '));
        return s.append("gives 0x")
            .append(Long.toHexString(left))
            .append(" and 0x")
            .append(Long.toHexString(right))
            .toString();
      }
    }

    /** No answer within the limit. */
    record Unknown(String why) implements Answer {}
  }

  /** Asks whether {@code a} and {@code b}, of the same width, are always equal. */
  public Answer equal(Expr a, Expr b) {
    return equal(a, b, List.of());
  }

  /**
   * Asks whether {@code a} and {@code b}, of the same width, are equal wherever every assumption
   * holds.
   *
   * @param assumptions one bit each
   */
  public Answer equal(Expr a, Expr b, List<Expr> assumptions) {
    Bits.same(a, b);
    if (a.equals(b)) {
      return new Answer.Proved(true);
    }
    try (Context context = new Context()) {
      return new Question(context).ask(a, b, assumptions);
    }
  }

  private final class Question {
    private final Context z3;
    private final IdentityHashMap<Expr, BitVecExpr> done = new IdentityHashMap<>();
    private final Map<String, BitVecExpr> inputs = new LinkedHashMap<>();

    Question(Context z3) {
      this.z3 = z3;
    }

    Answer ask(Expr a, Expr b, List<Expr> assumptions) {
      com.microsoft.z3.Solver solver = z3.mkSolver();
      Params params = z3.mkParams();
      params.add("timeout", (int) Math.min(limit.toMillis(), Integer.MAX_VALUE));
      if (steps > 0) {
        params.add("rlimit", steps);
      }
      solver.setParameters(params);
      BitVecExpr left = translate(a);
      BitVecExpr right = translate(b);
      solver.add(List.of(z3.mkNot(z3.mkEq(left, right))).toArray(BoolExpr[]::new));
      for (Expr assumption : assumptions) {
        solver.add(List.of(z3.mkEq(translate(assumption), number(1, 1))).toArray(BoolExpr[]::new));
      }
      Status status = solver.check();
      return switch (status) {
        case UNSATISFIABLE -> new Answer.Proved(false);
        case UNKNOWN -> new Answer.Unknown(solver.getReasonUnknown());
        case SATISFIABLE -> example(solver.getModel(), left, right);
      };
    }

    private Answer example(Model model, BitVecExpr left, BitVecExpr right) {
      Map<String, Long> values = new TreeMap<>();
      inputs.forEach((name, e) -> values.put(name, value(model, e)));
      return new Answer.CounterExample(values, value(model, left), value(model, right));
    }

    private long value(Model model, BitVecExpr e) {
      return model.eval(e, true) instanceof BitVecNum n ? n.getBigInteger().longValue() : 0;
    }

    private BitVecExpr translate(Expr e) {
      BitVecExpr known = done.get(e);
      if (known == null) {
        List<BitVecExpr> args = new ArrayList<>();
        e.args().forEach(a -> args.add(translate(a)));
        known = node(e, args);
        done.put(e, known);
      }
      return known;
    }

    private BitVecExpr node(Expr e, List<BitVecExpr> a) {
      return switch (e.op()) {
        case CONST -> number(e.value(), e.width());
        case INPUT -> inputs.computeIfAbsent(e.name(), name -> z3.mkBVConst(name, e.width()));
        case APPLY -> function(e, a);
        case ADD -> a.stream().reduce(z3::mkBVAdd).orElseThrow();
        case MUL -> a.stream().reduce(z3::mkBVMul).orElseThrow();
        case AND -> a.stream().reduce(z3::mkBVAND).orElseThrow();
        case OR -> a.stream().reduce(z3::mkBVOR).orElseThrow();
        case XOR -> a.stream().reduce(z3::mkBVXOR).orElseThrow();
        case SHL -> z3.mkBVSHL(a.get(0), a.get(1));
        case LSHR -> z3.mkBVLSHR(a.get(0), a.get(1));
        case ASHR -> z3.mkBVASHR(a.get(0), a.get(1));
        case EXTRACT -> z3.mkExtract((int) e.value() + e.width() - 1, (int) e.value(), a.get(0));
        case CONCAT -> a.stream().reduce(z3::mkConcat).orElseThrow();
        case SEXT -> z3.mkSignExt(e.width() - e.arg(0).width(), a.get(0));
        case ITE -> {
          BitVecExpr one = number(1, 1);
          yield (BitVecExpr) z3.mkITE(z3.mkEq(a.get(0), one), a.get(1), a.get(2));
        }
        case EQ -> bit(z3.mkEq(a.get(0), a.get(1)));
        case ULT -> bit(z3.mkBVULT(a.get(0), a.get(1)));
        case SLT -> bit(z3.mkBVSLT(a.get(0), a.get(1)));
        case ADD_OVERFLOW, SUB_OVERFLOW, MUL_OVERFLOW -> overflow(e.op(), a.get(0), a.get(1));
        case PARITY -> {
          BitVecExpr x = number(1, 1);
          for (int i = 0; i < 8; i++) {
            x = z3.mkBVXOR(x, z3.mkExtract(i, i, a.get(0)));
          }
          yield x;
        }
        case POPCOUNT -> {
          BitVecExpr ones = number(0, e.width());
          for (int i = 0; i < e.width(); i++) {
            ones = z3.mkBVAdd(ones, resized(z3.mkExtract(i, i, a.get(0)), e.width()));
          }
          yield ones;
        }
        case BIT_LENGTH -> {
          BitVecExpr length = number(0, e.width());
          for (int i = 0; i < e.width(); i++) {
            BoolExpr set = z3.mkEq(z3.mkExtract(i, i, a.get(0)), number(1, 1));
            length = (BitVecExpr) z3.mkITE(set, number(i + 1L, e.width()), length);
          }
          yield length;
        }
        case UMUL_HIGH ->
            z3.mkExtract(
                127, 64, z3.mkBVMul(z3.mkZeroExt(64, a.get(0)), z3.mkZeroExt(64, a.get(1))));
        case SMUL_HIGH ->
            z3.mkExtract(
                127, 64, z3.mkBVMul(z3.mkSignExt(64, a.get(0)), z3.mkSignExt(64, a.get(1))));
      };
    }

    private BitVecExpr resized(BitVecExpr bit, int width) {
      return width == 1 ? bit : z3.mkZeroExt(width - 1, bit);
    }

    private BitVecExpr overflow(Op op, BitVecExpr a, BitVecExpr b) {
      int w = a.getSortSize();
      BitVecExpr x = z3.mkSignExt(w, a);
      BitVecExpr y = z3.mkSignExt(w, b);
      BitVecExpr wide =
          switch (op) {
            case ADD_OVERFLOW -> z3.mkBVAdd(x, y);
            case SUB_OVERFLOW -> z3.mkBVSub(x, y);
            default -> z3.mkBVMul(x, y);
          };
      BitVecExpr narrow = z3.mkSignExt(w, z3.mkExtract(w - 1, 0, wide));
      return bit(z3.mkNot(z3.mkEq(wide, narrow)));
    }

    private BitVecExpr function(Expr e, List<BitVecExpr> a) {
      if (a.isEmpty()) {
        return inputs.computeIfAbsent(e.name(), name -> z3.mkBVConst(name, e.width()));
      }
      Sort[] domain = a.stream().map(BitVecExpr::getSort).toArray(Sort[]::new);
      FuncDecl<?> f = z3.mkFuncDecl(e.name(), domain, z3.mkBitVecSort(e.width()));
      return (BitVecExpr) f.apply(a.toArray(com.microsoft.z3.Expr<?>[]::new));
    }

    private BitVecExpr bit(com.microsoft.z3.Expr<com.microsoft.z3.BoolSort> condition) {
      return (BitVecExpr) z3.mkITE(condition, number(1, 1), number(0, 1));
    }

    private BitVecExpr number(long value, int width) {
      BigInteger n = new BigInteger(Long.toUnsignedString(value));
      return z3.mkBV(n.toString(), width);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.symbolic.Solver.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SolverTest {

  private final Solver solver = new Solver(Duration.ofSeconds(5));
  private final Expr x = Bits.input("x", 32);
  private final Expr y = Bits.input("y", 32);

  @Test
  void sameNormalFormNeedsNoSolver() {
    assertThat(solver.equal(Bits.add(x, y), Bits.add(y, x))).isEqualTo(new Answer.Proved(true));
  }

  @Test
  void whatOnlyTheSolverSees() {
    Expr sum = Bits.add(Bits.and(x, y), Bits.or(x, y));
    assertThat(solver.equal(sum, Bits.add(x, y))).isEqualTo(new Answer.Proved(false));
  }

  @Test
  void differenceComesWithAnExampleThatHolds() {
    Expr a = Bits.mul(x, x);
    Expr b = Bits.mul(x, y);
    Answer answer = solver.equal(a, b);
    assertThat(answer).isInstanceOf(Answer.CounterExample.class);
    Answer.CounterExample c = (Answer.CounterExample) answer;
    assertThat(Evaluator.evaluate(a, e -> c.inputs().get(e.name()))).isEqualTo(c.left());
    assertThat(Evaluator.evaluate(b, e -> c.inputs().get(e.name()))).isEqualTo(c.right());
    assertThat(c.text()).contains("x=0x", "gives 0x");
  }

  @Test
  void equalArgumentsGiveEqualResultsAndNothingMoreIsKnown() {
    Expr f = Bits.apply("f", 32, List.of(Bits.add(Bits.and(x, y), Bits.or(x, y))));
    Expr g = Bits.apply("f", 32, List.of(Bits.add(x, y)));
    assertThat(solver.equal(f, g)).isEqualTo(new Answer.Proved(false));
    Expr h = Bits.apply("f", 32, List.of(x));
    assertThat(solver.equal(f, h)).isInstanceOf(Answer.CounterExample.class);
  }

  @Test
  void everyOperationMeansTheSameToSolverAndEvaluator() {
    Random random = new Random(7);
    Expr n = Bits.input("n", 8);
    Expr m = Bits.input("m", 8);
    List<Expr> all =
        List.of(
            Bits.shl(n, m),
            Bits.lshr(n, m),
            Bits.ashr(n, m),
            Bits.sext(n, 16),
            Bits.concat(n, m),
            Bits.ite(Bits.ult(n, m), n, m),
            Bits.slt(n, m),
            Bits.eq(n, m),
            Bits.addOverflow(n, m),
            Bits.subOverflow(n, m),
            Bits.mulOverflow(n, m),
            Bits.parity(Bits.xor(n, m)),
            Bits.extract(Bits.mul(n, m), 6, 3));
    for (Expr e : all) {
      for (int i = 0; i < 6; i++) {
        long a = i == 0 ? 0x80 : random.nextInt(256);
        long b = i < 2 ? 0xff : random.nextInt(i < 4 ? 10 : 256);
        long value = Evaluator.evaluate(e, in -> in.name().equals("n") ? a : b);
        Expr there =
            Bits.ite(
                Bits.and(Bits.eq(n, Bits.constant(8, a)), Bits.eq(m, Bits.constant(8, b))),
                e,
                Bits.constant(e.width(), value));
        assertThat(solver.equal(there, Bits.constant(e.width(), value)))
            .as("%s at %d, %d", e, a, b)
            .isInstanceOf(Answer.Proved.class);
      }
    }
  }

  @Test
  void hardQuestionsEndInTime() {
    Expr magic =
        Bits.lshr(
            Bits.mul(Bits.zext(x, 64), Bits.constant(64, 0x51eb851fL)), Bits.constant(64, 37));
    Expr q = Bits.input("q", 64);
    Expr product = Bits.mul(q, Bits.mul(magic, Bits.zext(y, 64)));
    Expr other = Bits.mul(Bits.mul(q, Bits.zext(y, 64)), Bits.add(magic, Bits.and(magic, q)));
    long before = System.nanoTime();
    Answer answer =
        new Solver(Duration.ofMillis(300))
            .equal(Bits.mul(product, other), Bits.mul(other, Bits.mul(product, product)));
    assertThat(answer).isNotInstanceOf(Answer.Proved.class);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import java.util.ArrayList;
import java.util.List;

/** Executes code as it runs with probes attached: each writes just before its instruction. */
final class ProbedExecution {

  private final FunctionCode code;
  private final List<SiteDraft> sites;
  private final Expr v;
  private final Executor executor;

  /**
   * @param v the constant's value, 64 bits
   */
  ProbedExecution(FunctionCode code, Constants constants, List<SiteDraft> sites, Expr v) {
    this.code = code;
    this.sites = List.copyOf(sites);
    this.v = v;
    this.executor = new Executor(code.function(), constants);
  }

  /** Executes the instructions from index {@code from} up to, not including, {@code end}. */
  void run(MachineState state, int from, int end) {
    for (int i = from; i < end; i++) {
      for (SiteDraft site : sites) {
        if (site.instruction() == i) {
          write(state, site);
        }
      }
      executor.step(state, code.instructions().get(i));
    }
  }

  private void write(MachineState state, SiteDraft site) {
    MachineState before = state.copy("probe");
    List<Expr> values = new ArrayList<>();
    for (RegisterWrite w : site.writes()) {
      PlanExpression parsed = reread(w.expression());
      values.add(PlanSemantics.meaning(parsed, v, name -> named(before, name)));
    }
    for (int k = 0; k < values.size(); k++) {
      RegisterWrite w = site.writes().get(k);
      if (w.register() == Register.RFLAGS) {
        for (Flag f : MachineState.FLAGS) {
          state.setFlag(f, Bits.extract(values.get(k), f.bit(), f.bit()));
        }
        continue;
      }
      state.write(
          new RegisterView(w.register(), w.width(), false, "probe"),
          Bits.low(values.get(k), w.width()));
    }
  }

  /** What counts is what the plan's text says, not what we meant by it. */
  private static PlanExpression reread(PlanExpression e) {
    try {
      return PlanExpression.parse(e.text());
    } catch (InvalidPlanException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  private static Expr named(MachineState state, String name) {
    for (Register r : LiveSet.GENERAL) {
      if (r.ptRegsName().orElseThrow().equals(name)) {
        return state.register(r);
      }
    }
    throw new IllegalArgumentException("no such register: " + name);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Event;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import io.kernelx.sie.synthesis.SiteDraft.Skip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Executes code as it runs with probes attached: each writes just before its instruction, which
 * then runs, or in its place.
 */
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
      boolean skipped = false;
      for (SiteDraft site : sites) {
        if (site.instruction() == i) {
          write(state, site);
          skipped |= site.skip().isPresent();
        }
      }
      if (!skipped) {
        executor.step(state, code.instructions().get(i));
      }
    }
  }

  private void write(MachineState state, SiteDraft site) {
    MachineState before = state.copy("probe");
    Optional<Memory> operand = site.skip().flatMap(Skip::memory);
    Optional<Expr> address =
        operand.map(
            m ->
                OperandPlace.address(
                    m, code.instructions().get(site.instruction()), before, executor));
    boolean loads = site.planned().stream().anyMatch(w -> w.expression().readsMemory());
    Expr memory =
        loads
            ? Bits.zext(state.load("", address.orElseThrow(), operand.orElseThrow().width()), 64)
            : Bits.constant(64, 0);
    Function<String, Expr> names =
        name -> name.equals(PlanExpression.MEMORY) ? memory : OperandPlace.register(before, name);
    List<Expr> values = new ArrayList<>();
    for (RegisterWrite w : site.writes()) {
      values.add(PlanSemantics.meaning(reread(w.expression()), v, names));
    }
    site.skip()
        .ifPresent(
            skip ->
                skip.store()
                    .map(e -> PlanSemantics.meaning(reread(e), v, names))
                    .map(e -> Bits.low(e, operand.orElseThrow().width()))
                    .map(e -> new Event.Store("", address.orElseThrow(), e))
                    .filter(store -> skip.carried().isEmpty() || !state.replace(store))
                    .ifPresent(state::add));
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
}

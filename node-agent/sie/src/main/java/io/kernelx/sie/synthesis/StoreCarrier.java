// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Event;
import io.kernelx.sie.symbolic.Event.Store;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import io.kernelx.sie.synthesis.SiteDraft.Skip;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds a probe for a seed that stores its number into the own frame and cannot be stepped over:
 * {@code push $8}. A later instruction of the block that works on registers alone is stepped over
 * instead, and its probe stores the number again, into the same place.
 *
 * <ol>
 *   <li>The seed may do nothing else with its number than the one store.
 *   <li>The block is followed from there. Before anything may have seen what is stored there (a
 *       call, a load that is not certainly of another place), an instruction must come whose work
 *       the probe can do.
 *   <li>There the place lies above the stack pointer, at a distance that is known.
 * </ol>
 */
final class StoreCarrier {
  private final FunctionCode code;
  private final Liveness live;
  private final KprobeRules rules;
  private final BasicBlock block;
  private final Executor executor;

  StoreCarrier(FunctionCode code, Liveness live, KprobeRules rules, BasicBlock block) {
    this.code = code;
    this.live = live;
    this.rules = rules;
    this.block = block;
    this.executor = new Executor(code.function(), Constants.AS_ENCODED);
  }

  /**
   * Finds the probe.
   *
   * @param seed index of an instruction of the block
   * @param constants its numbers, as functions of V
   * @param before the probes that the block has already
   * @return empty if there is no such place
   */
  Optional<SiteDraft> at(int seed, Constants constants, List<SiteDraft> before) {
    MachineState state = MachineState.fresh("c");
    MachineState wanted = MachineState.fresh("c");
    executor.step(state, code.instructions().get(seed));
    new Executor(code.function(), constants).step(wanted, code.instructions().get(seed));
    Optional<Expr> number = number(state, wanted);
    Optional<PlanExpression> value =
        number
            .flatMap(n -> Rewrite.writer(MachineState.fresh("c"), Optional.empty()).low(n))
            .filter(e -> !e.readsRegisters());
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Store first = (Store) state.events().getFirst();
    for (int i = seed + 1; i < block.end() && state.replaceable(first); i++) {
      Optional<SiteDraft> site = carried(seed, i, first, value.get(), state, before);
      if (site.isPresent()) {
        return site;
      }
      executor.step(state, code.instructions().get(i));
    }
    return Optional.empty();
  }

  /** Returns what should be stored, if that is all that differs. */
  private static Optional<Expr> number(MachineState actual, MachineState wanted) {
    List<Event> mine = actual.events();
    List<Event> theirs = wanted.events();
    boolean alike =
        mine.size() == 1
            && theirs.size() == 1
            && mine.getFirst() instanceof Store a
            && theirs.getFirst() instanceof Store b
            && a.address().equals(b.address())
            && actual.replaceable(a)
            && LiveSet.GENERAL.stream().allMatch(r -> actual.register(r).equals(wanted.register(r)))
            && MachineState.FLAGS.stream().allMatch(f -> actual.flag(f).equals(wanted.flag(f)));
    return alike ? Optional.of(((Store) theirs.getFirst()).value()) : Optional.empty();
  }

  private Optional<SiteDraft> carried(
      int seed,
      int place,
      Store first,
      PlanExpression value,
      MachineState state,
      List<SiteDraft> before) {
    Instruction i = code.instructions().get(place);
    Expr distance = Bits.sub(first.address(), state.register(Register.RSP));
    if (!worksOnRegisters(i)
        || before.stream().anyMatch(s -> s.instruction() == place)
        || !distance.isConst()
        || distance.value() < 0
        || distance.value() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    MachineState probe = MachineState.fresh("s");
    MachineState after = probe.copy("w");
    executor.step(after, i);
    LiveSet needed = place + 1 < block.end() ? live.before(place + 1) : live.atEnd(block.index());
    Optional<List<RegisterWrite>> writes =
        new Rewrite(probe, after, needed).writes(probe, Optional.empty());
    Memory memory = new Memory("sp", "", 1, distance.value(), -1, first.value().width());
    return writes.map(
        w ->
            new SiteDraft(
                block.index(),
                place,
                ProbeSite.Kind.STORE,
                false,
                code.instructions().get(seed).offset(),
                i.end(),
                List.of(i.offset()),
                w,
                Optional.of(
                    new Skip(Optional.of(memory), Optional.of(value), OptionalInt.of(seed)))));
  }

  private boolean worksOnRegisters(Instruction i) {
    return executor.models(i)
        && i.branch().kind() == Branch.Kind.NONE
        && rules.legal(i)
        && i.prefixes().isEmpty()
        && i.operands().stream()
            .noneMatch(
                o -> o instanceof MemoryOperand m && m.kind() != MemoryOperand.Kind.ADDRESS_ONLY)
        && code.function().edges().stream()
            .noneMatch(e -> i.offset() <= e.from() && e.from() < i.end());
  }
}

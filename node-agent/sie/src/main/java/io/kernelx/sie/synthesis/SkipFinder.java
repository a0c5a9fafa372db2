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
import io.kernelx.sie.symbolic.Constants;
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
 * Finds a probe on the seed itself that does the instruction's work with another number and steps
 * over it. That serves where nothing after the seed can put it right: its input is overwritten, the
 * number goes straight to memory, a comparison reads memory, or other paths join at once. It always
 * costs a breakpoint.
 *
 * <ol>
 *   <li>The instruction is executed with its numbers replaced by f(V), from registers of which
 *       nothing is known. What it leaves, where it still counts, becomes the probe's writes, over
 *       the registers as they stand before it.
 *   <li>Memory that it reads is read once by the module, at the address of the operand; memory that
 *       it writes is written in the same width.
 *   <li>Refused: what moves the stack pointer, what the kernel patches, per-CPU and locked
 *       operands, and instructions whose fault has a fixup, because a fault of the module's own
 *       access would not find it.
 * </ol>
 */
final class SkipFinder {

  private final FunctionCode code;
  private final Liveness live;
  private final KprobeRules rules;
  private final BasicBlock block;
  private String obstacle = "";

  SkipFinder(FunctionCode code, Liveness live, KprobeRules rules, BasicBlock block) {
    this.code = code;
    this.live = live;
    this.rules = rules;
    this.block = block;
  }

  /** Says why the last instruction that was tried must run as it is. */
  String obstacle() {
    return obstacle;
  }

  /**
   * Finds the probe.
   *
   * @param seed index of an instruction of the block
   * @param constants its numbers, as functions of V
   * @return empty if the instruction cannot be stepped over
   */
  Optional<SiteDraft> at(int seed, Constants constants) {
    Instruction i = code.instructions().get(seed);
    Executor executor = new Executor(code.function(), Constants.AS_ENCODED);
    Optional<MemoryOperand> operand = operand(i);
    Optional<String> wrong = wrong(i, operand, executor);
    if (wrong.isPresent()) {
      return refused(wrong.get());
    }
    MachineState before = MachineState.fresh("s");
    MachineState wanted = before.copy("w");
    new Executor(code.function(), constants).step(wanted, i);
    Optional<Memory> memory = operand.map(m -> OperandPlace.of(i, m));
    Optional<Expr> loaded =
        memory.map(
            m ->
                before.copy("m").load("", OperandPlace.address(m, i, before, executor), m.width()));
    Rewrite rewrite = new Rewrite(before, wanted, after(seed));
    if (rewrite.differing().contains(Register.RSP)) {
      return refused("it moves the stack pointer");
    }
    Optional<List<RegisterWrite>> writes = rewrite.writes(before, loaded);
    if (writes.isEmpty()) {
      return refused(rewrite.obstacle());
    }
    Optional<PlanExpression> store = Optional.empty();
    if (!wanted.events().isEmpty()) {
      store = store(before, wanted, loaded);
      if (store.isEmpty()) {
        return refused("what it stores cannot be computed from the registers before it");
      }
    }
    if (writes.get().isEmpty() && store.isEmpty()) {
      return refused("nothing that it leaves is read");
    }
    Skip skip = new Skip(memory.filter(_ -> accesses(i)), store, OptionalInt.empty());
    return Optional.of(draft(seed, i, writes.get(), skip));
  }

  private static Optional<MemoryOperand> operand(Instruction i) {
    OptionalInt index = OperandPlace.index(i);
    return index.isEmpty()
        ? Optional.empty()
        : Optional.of((MemoryOperand) i.operands().get(index.getAsInt()));
  }

  private Optional<String> wrong(
      Instruction i, Optional<MemoryOperand> operand, Executor executor) {
    if (!executor.models(i) || i.branch().kind() != Branch.Kind.NONE || !rules.legal(i)) {
      return Optional.of("no probe can do its work");
    }
    boolean exchange = i.mnemonic().equals("xchg") && operand.isPresent();
    if (!i.prefixes().isEmpty() || exchange) {
      return Optional.of("it is locked or repeated");
    }
    if (code.function().edges().stream()
        .anyMatch(e -> i.offset() <= e.from() && e.from() < i.end())) {
      return Optional.of("its fault has a fixup in the kernel's tables");
    }
    return operand.flatMap(m -> OperandPlace.obstacle(i, m));
  }

  private LiveSet after(int seed) {
    return seed + 1 < block.end() ? live.before(seed + 1) : live.atEnd(block.index());
  }

  private static Optional<PlanExpression> store(
      MachineState before, MachineState wanted, Optional<Expr> loaded) {
    if (wanted.events().size() != 1 || !(wanted.events().getFirst() instanceof Store s)) {
      return Optional.empty();
    }
    return Rewrite.writer(before, loaded).low(s.value()).filter(Rewrite::isShort);
  }

  private static boolean accesses(Instruction i) {
    return !i.mnemonic().equals("lea");
  }

  private SiteDraft draft(int seed, Instruction i, List<RegisterWrite> writes, Skip skip) {
    boolean flags = writes.size() == 1 && writes.getFirst().register() == Register.RFLAGS;
    boolean recomputes = writes.stream().anyMatch(w -> w.expression().readsRegisters());
    return new SiteDraft(
        block.index(),
        seed,
        skip.store().isPresent()
            ? ProbeSite.Kind.STORE
            : flags
                ? ProbeSite.Kind.FLAGS
                : recomputes ? ProbeSite.Kind.IRREVERSIBLE : ProbeSite.Kind.REGISTER,
        false,
        i.offset(),
        i.end(),
        List.of(i.offset()),
        writes,
        Optional.of(skip));
  }

  private Optional<SiteDraft> refused(String why) {
    obstacle = why;
    return Optional.empty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Prefix;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.object.ObjectFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Executes instructions of a function, one at a time, over a state.
 *
 * <p>What is not modelled is an effect: it sees everything that the decoder says it reads, and what
 * it writes is some function of that, the same in two executions only where everything before was
 * the same too. Nothing keeps a stale value.
 */
public final class Executor {

  private static final Map<String, Meaning> MEANINGS = Meanings.all();

  private final ObjectFunction function;
  private final Constants constants;
  private final Map<String, Meaning> meanings;

  public Executor(ObjectFunction function, Constants constants) {
    this(function, constants, MEANINGS);
  }

  /**
   * @param meanings by mnemonic; what is not in it is an effect
   */
  Executor(ObjectFunction function, Constants constants, Map<String, Meaning> meanings) {
    this.function = function;
    this.constants = constants;
    this.meanings = Map.copyOf(meanings);
  }

  /** Executes a straight line of instructions. */
  public void run(MachineState state, List<Instruction> instructions) {
    instructions.forEach(i -> step(state, i));
  }

  /** Executes one instruction; of a branch only what it does beside branching. */
  public void step(MachineState s, Instruction i) {
    if (i.branch().kind() != Branch.Kind.NONE) {
      branch(s, i);
    } else if (Patches.replaced(i, function) || !modelled(s, i)) {
      effect(s, i);
    }
  }

  /**
   * Returns the 64-bit address of an operand within its segment.
   *
   * @param operand index of a memory operand
   */
  public Expr address(MachineState s, Instruction i, int operand) {
    return new Operands(s, i, constants).address(operand);
  }

  /** Returns whether the instruction is executed by its meaning, not as an opaque effect. */
  public boolean models(Instruction i) {
    if (i.branch().kind() != Branch.Kind.NONE) {
      return i.condition().isPresent();
    }
    return !Patches.replaced(i, function) && modelled(MachineState.fresh("probe"), i);
  }

  /** Executes the instruction if it is modelled, else changes nothing and returns false. */
  private boolean modelled(MachineState s, Instruction i) {
    Meaning meaning = meanings.get(i.mnemonic());
    if (meaning == null) {
      return false;
    }
    if (Meanings.NOTHING.contains(i.mnemonic())) {
      return true;
    }
    boolean atomic = Atomic.is(i);
    if (!plain(i, atomic)) {
      return false;
    }
    Operands operands = new Operands(s, i, constants, atomic);
    if (atomic) {
      Atomic.announce(s, i, operands);
    }
    boolean executed = meaning.execute(new Step(s, i, operands));
    if (atomic && !executed) {
      throw new IllegalStateException("not modelled after all: " + i.bytes().hex());
    }
    return executed;
  }

  /**
   * Returns whether only what is modelled takes part: registers, memory, no lock but that of an
   * atomic step, no repetition.
   */
  private static boolean plain(Instruction i, boolean atomic) {
    for (Prefix p : i.prefixes()) {
      if (p != Prefix.NOTRACK && !(atomic && p == Prefix.LOCK)) {
        return false;
      }
    }
    for (Operand o : i.operands()) {
      boolean known =
          switch (o) {
            case RegisterOperand r ->
                r.view().container().isGeneralPurpose()
                    || r.view().container() == Register.RFLAGS
                    || r.view().container() == Register.RIP;
            case MemoryOperand m -> m.kind() != MemoryOperand.Kind.UNMODELLED;
            case ImmediateOperand _ -> true;
          };
      if (!known || o.width() > 64) {
        return false;
      }
    }
    return true;
  }

  private void branch(MachineState s, Instruction i) {
    switch (i.branch().kind()) {
      case CALL -> Calls.call(s, i, function, List.of());
      case INDIRECT_CALL -> {
        Operand target = i.operands().getFirst();
        List<Expr> seen = new ArrayList<>();
        if (target instanceof RegisterOperand || target instanceof MemoryOperand) {
          seen.add(new Operands(s, i, constants).read(0));
        }
        Calls.call(s, i, function, seen);
      }
      case CONDITIONAL -> {
        if (i.condition().isEmpty()) {
          effect(s, i);
        }
      }
      case JUMP -> {
        if (!i.relocations().isEmpty() || leaves(i)) {
          s.add(new Event.Effect("jump " + Calls.target(i, function), List.of()));
        }
      }
      default -> effect(s, i);
    }
  }

  private boolean leaves(Instruction i) {
    return function.localTargets().stream().anyMatch(t -> t.offset() == i.offset());
  }

  private void effect(MachineState s, Instruction i) {
    new Effects(s, i, constants).run(Patches.replaced(i, function));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Executes instructions that are not modelled: see {@link Executor}. */
final class Effects {

  private static final Set<Register> GENERAL = EnumSet.range(Register.RAX, Register.R15);

  private final MachineState state;
  private final Instruction instruction;
  private final Operands operands;

  Effects(MachineState state, Instruction instruction, Constants constants) {
    this.state = state;
    this.instruction = instruction;
    this.operands = new Operands(state, instruction, constants);
  }

  /**
   * Executes the instruction as an effect.
   *
   * @param replaced whether the running kernel may have other code in its place, which may see any
   *     register and change those that calls change
   */
  void run(boolean replaced) {
    List<Expr> seen = new ArrayList<>();
    Set<Register> written = EnumSet.noneOf(Register.class);
    for (int i = 0; i < instruction.operands().size(); i++) {
      see(i, seen, written);
    }
    instruction.flags().read().stream()
        .filter(MachineState.FLAGS::contains)
        .sorted()
        .forEach(f -> seen.add(state.flag(f)));
    if (replaced) {
      GENERAL.forEach(r -> seen.add(state.register(r)));
      written.addAll(Calls.changed());
    }
    int epoch = state.epoch();
    state.add(new Event.Effect(what(), seen));
    for (Register r : written) {
      List<Expr> from = new ArrayList<>(seen);
      from.add(state.register(r));
      state.setRegister(r, Bits.apply("effect@" + epoch + "." + r, 64, from));
    }
    for (Flag f : MachineState.FLAGS) {
      if (replaced || instruction.flags().changed().contains(f)) {
        List<Expr> from = new ArrayList<>(seen);
        from.add(state.flag(f));
        state.setFlag(f, Bits.apply("effect@" + epoch + "." + f, 1, from));
      }
    }
  }

  private void see(int i, List<Expr> seen, Set<Register> written) {
    Operand o = operands.operand(i);
    switch (o) {
      case RegisterOperand r -> {
        if (r.view().container().isGeneralPurpose()) {
          if (r.access().anyRead() || r.access().mayWrite()) {
            seen.add(state.read(r.view()));
          }
          if (r.access().anyWrite()) {
            written.add(r.view().container());
          }
        }
      }
      case MemoryOperand m -> {
        if (m.kind() == MemoryOperand.Kind.UNMODELLED) {
          GENERAL.forEach(r -> seen.add(state.register(r)));
        } else {
          seen.add(operands.address(i));
        }
      }
      case ImmediateOperand m -> seen.add(operands.read(i, 64));
    }
  }

  /** The instruction's own text: the bytes without the numbers, which are among what is seen. */
  private String what() {
    StringBuilder s = new StringBuilder(instruction.mnemonic());
    instruction.prefixes().stream().sorted().forEach(p -> s.append(' ').append(p));
    for (Operand o : instruction.operands()) {
      s.append(' ')
          .append(
              switch (o) {
                case RegisterOperand r -> r.view().name();
                case MemoryOperand m -> Operands.segment(m) + "[" + m.width() + "]";
                case ImmediateOperand m -> "$" + m.width();
              });
    }
    for (Relocation r : instruction.relocations()) {
      s.append(' ').append(r.type()).append(' ').append(r.symbol()).append('+').append(r.addend());
    }
    return s.toString();
  }
}

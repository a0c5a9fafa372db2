// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Prefix;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Read-modify-writes of memory in one step that other processors cannot come between: with a lock
 * prefix, and exchanges, which are locked by themselves. To the world it is one event, which no
 * store moves past.
 */
final class Atomic {

  private Atomic() {}

  /** Returns whether the instruction is one that is modelled as such. */
  static boolean is(Instruction i) {
    Set<Prefix> others = EnumSet.noneOf(Prefix.class);
    others.addAll(i.prefixes());
    boolean locked = others.remove(Prefix.LOCK);
    return others.isEmpty()
        && (locked || i.mnemonic().equals("xchg"))
        && Meanings.ATOMIC.contains(i.mnemonic())
        && i.operands().getFirst() instanceof MemoryOperand m
        && m.kind() == MemoryOperand.Kind.PLAIN
        && m.addressWidth() == 64;
  }

  /** Adds the event: what is done, with everything that goes into it. */
  static void announce(MachineState state, Instruction i, Operands operands) {
    StringBuilder what = new StringBuilder("atomic ").append(i.mnemonic());
    List<Expr> seen = new ArrayList<>();
    int width = operands.width(0);
    for (int k = 0; k < i.operands().size(); k++) {
      Operand o = i.operands().get(k);
      switch (o) {
        case MemoryOperand m -> {
          what.append(' ').append(Operands.segment(m)).append(width);
          seen.add(operands.address(k));
        }
        case ImmediateOperand _ -> seen.add(operands.read(k, width));
        case RegisterOperand r -> {
          if (r.view().container().isGeneralPurpose() && r.access().anyRead()) {
            seen.add(state.read(r.view()));
          }
        }
      }
    }
    i.flags().read().stream()
        .filter(MachineState.FLAGS::contains)
        .sorted()
        .forEach(f -> seen.add(state.flag(f)));
    state.add(new Event.Effect(what.toString(), seen));
  }
}

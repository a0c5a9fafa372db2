// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Flag;
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
import java.util.Set;

/**
 * Executes instructions of a function, one at a time, over a state.
 *
 * <p>What is not modelled is an effect: it sees everything that the decoder says it reads, and what
 * it writes is some function of that, the same in two executions only where everything before was
 * the same too. Nothing keeps a stale value.
 */
public final class Executor {

  private static final Set<String> NOTHING =
      Set.of("nop", "endbr64", "pause", "lfence", "prefetchnta", "prefetcht0", "prefetchw");

  private final ObjectFunction function;
  private final Constants constants;

  public Executor(ObjectFunction function, Constants constants) {
    this.function = function;
    this.constants = constants;
  }

  /** Executes a straight line of instructions. */
  public void run(MachineState state, List<Instruction> instructions) {
    instructions.forEach(i -> step(state, i));
  }

  /** Executes one instruction; of a branch only what it does beside branching. */
  public void step(MachineState s, Instruction i) {
    if (i.branch().kind() != Branch.Kind.NONE) {
      branch(s, i);
    } else if (Patches.replaced(i, function) || !plain(i) || !modelled(s, i)) {
      effect(s, i);
    }
  }

  /** Returns whether the instruction is executed by its meaning, not as an opaque effect. */
  public boolean models(Instruction i) {
    return !Patches.replaced(i, function) && plain(i) && modelled(MachineState.fresh("probe"), i);
  }

  /**
   * Returns whether only what is modelled takes part: registers, memory, no lock, no repetition.
   */
  private static boolean plain(Instruction i) {
    if (NOTHING.contains(i.mnemonic())) {
      return true;
    }
    for (Prefix p : i.prefixes()) {
      if (p != Prefix.NOTRACK) {
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

  private boolean modelled(MachineState s, Instruction i) {
    Operands o = new Operands(s, i, constants);
    Arithmetic alu = new Arithmetic(s);
    int w = i.operands().isEmpty() ? 0 : o.width(0);
    switch (i.mnemonic()) {
      case "mov" -> o.write(0, o.read(1, w));
      case "movzx" -> o.write(0, Bits.zext(o.read(1), w));
      case "movsx", "movsxd" -> o.write(0, Bits.sext(o.read(1), w));
      case "lea" -> o.write(0, Bits.low(o.address(1), w));
      case "add" -> o.write(0, alu.add(o.read(0), o.read(1, w)));
      case "sub" -> o.write(0, alu.sub(o.read(0), o.read(1, w)));
      case "adc" -> o.write(0, alu.adc(o.read(0), o.read(1, w)));
      case "sbb" -> o.write(0, alu.sbb(o.read(0), o.read(1, w)));
      case "cmp" -> alu.sub(o.read(0), o.read(1, w));
      case "inc" -> o.write(0, alu.inc(o.read(0)));
      case "dec" -> o.write(0, alu.dec(o.read(0)));
      case "neg" -> o.write(0, alu.neg(o.read(0)));
      case "not" -> o.write(0, Bits.not(o.read(0)));
      case "and" -> o.write(0, alu.logic(Bits.and(o.read(0), o.read(1, w))));
      case "or" -> o.write(0, alu.logic(Bits.or(o.read(0), o.read(1, w))));
      case "xor" -> o.write(0, alu.logic(Bits.xor(o.read(0), o.read(1, w))));
      case "test" -> alu.logic(Bits.and(o.read(0), o.read(1, w)));
      case "shl", "shr", "sar" ->
          o.write(0, alu.shift(i.mnemonic(), o.read(0), Bits.low(o.read(1, 8), 8)));
      case "imul" -> {
        return imul(o, alu, i, w);
      }
      case "cbw" -> extend(s, 8, 16);
      case "cwde" -> extend(s, 16, 32);
      case "cdqe" -> extend(s, 32, 64);
      case "cwd", "cdq", "cqo" -> {
        return signIntoRdx(s, o, i);
      }
      case "xchg" -> {
        return exchange(o);
      }
      case "bt" -> {
        return bitTest(s, o);
      }
      case "push", "pop" -> {
        return stack(s, o, i);
      }
      default -> {
        return NOTHING.contains(i.mnemonic()) || conditional(s, o, i, w);
      }
    }
    return true;
  }

  private static boolean imul(Operands o, Arithmetic alu, Instruction i, int w) {
    List<Operand> visible = i.visibleOperands();
    switch (visible.size()) {
      case 2 -> o.write(0, alu.imul(o.read(0), o.read(1, w)));
      case 3 -> o.write(0, alu.imul(o.read(1), o.read(2, w)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void extend(MachineState s, int from, int to) {
    Expr a = Bits.sext(Bits.low(s.register(Register.RAX), from), to);
    Expr rest = s.register(Register.RAX);
    s.setRegister(
        Register.RAX, to == 16 ? Bits.concat(Bits.extract(rest, 63, 16), a) : Bits.zext(a, 64));
  }

  private static boolean signIntoRdx(MachineState s, Operands o, Instruction i) {
    for (int k = 0; k < i.operands().size(); k++) {
      if (i.operands().get(k) instanceof RegisterOperand r
          && r.view().container() == Register.RDX) {
        Expr sign = Bits.sign(Bits.low(s.register(Register.RAX), r.width()));
        o.write(k, Bits.sext(sign, r.width()));
        return true;
      }
    }
    return false;
  }

  private static boolean exchange(Operands o) {
    if (!(o.operand(0) instanceof RegisterOperand) || !(o.operand(1) instanceof RegisterOperand)) {
      return false;
    }
    Expr a = o.read(0);
    Expr b = o.read(1);
    o.write(0, b);
    o.write(1, a);
    return true;
  }

  private static boolean bitTest(MachineState s, Operands o) {
    boolean number = o.operand(1) instanceof ImmediateOperand;
    if (!number && !(o.operand(0) instanceof RegisterOperand)) {
      return false;
    }
    int w = o.width(0);
    Expr index = Bits.and(o.read(1, w), Bits.constant(w, w - 1));
    s.setFlag(Flag.CF, Bits.low(Bits.lshr(o.read(0), index), 1));
    for (Flag f : List.of(Flag.OF, Flag.SF, Flag.AF, Flag.PF)) {
      s.setFlag(f, s.unknown(1));
    }
    return true;
  }

  private static boolean stack(MachineState s, Operands o, Instruction i) {
    if (i.operandWidth() != 64 || i.visibleOperands().size() != 1) {
      return false;
    }
    Expr top = s.register(Register.RSP);
    Expr eight = Bits.constant(64, 8);
    if (i.mnemonic().equals("push")) {
      Expr value = o.read(0, 64);
      Expr below = Bits.sub(top, eight);
      s.setRegister(Register.RSP, below);
      s.add(new Event.Store("", below, value));
    } else {
      if (!(o.operand(0) instanceof RegisterOperand)) {
        return false;
      }
      Expr value = s.load("", top, 64);
      s.setRegister(Register.RSP, Bits.add(top, eight));
      o.write(0, value);
    }
    return true;
  }

  /** Executes {@code cmovcc} and {@code setcc}. */
  private static boolean conditional(MachineState s, Operands o, Instruction i, int w) {
    if (i.condition().isEmpty()) {
      return false;
    }
    Expr holds = Conditions.holds(i.condition().get(), s);
    if (i.mnemonic().startsWith("cmov")) {
      o.write(0, Bits.ite(holds, o.read(1), o.read(0)));
    } else {
      o.write(0, Bits.zext(holds, w));
    }
    return true;
  }

  private void effect(MachineState s, Instruction i) {
    new Effects(s, i, constants).run(Patches.replaced(i, function));
  }
}

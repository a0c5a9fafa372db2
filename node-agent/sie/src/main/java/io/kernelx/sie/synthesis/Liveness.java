// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.symbolic.Calls;
import io.kernelx.sie.symbolic.Constants;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Patches;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What may still be read, at the end of each block and before each instruction of a function.
 *
 * <ol>
 *   <li>At a return the result registers, the callee-saved ones and the stack pointer are live; at
 *       a tail call what the callee may see, and the callee-saved ones; wherever else control
 *       leaves, everything.
 *   <li>Backwards through each block an instruction first takes away what it overwrites without
 *       condition, then adds what it reads, bit by bit.
 *   <li>Until nothing changes, a block's end has what its successors' starts have.
 * </ol>
 *
 * Whatever is not known counts as live. An instruction that is not modelled overwrites nothing:
 * what it leaves may depend on what was there.
 */
final class Liveness {

  private static final List<Register> CALLEE_SAVED =
      List.of(
          Register.RBX,
          Register.RBP,
          Register.R12,
          Register.R13,
          Register.R14,
          Register.R15,
          Register.RSP);

  private static final Set<String> COUNT_MAY_BE_ZERO =
      Set.of("shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd");

  private final FunctionCode code;
  private final LiveSet[] ends;
  private final Set<Integer> modelled = new HashSet<>();

  Liveness(FunctionCode code) {
    this.code = code;
    Executor executor = new Executor(code.function(), Constants.AS_ENCODED);
    code.instructions().stream()
        .filter(i -> i.branch().kind() == Branch.Kind.NONE && executor.models(i))
        .forEach(i -> modelled.add(i.offset()));
    this.ends = new LiveSet[code.blocks().size()];
    for (BasicBlock b : code.blocks()) {
      ends[b.index()] = leaving(b);
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = ends.length - 1; i >= 0; i--) {
        for (int next : code.blocks().get(i).successors()) {
          changed |= ends[i].addAll(before(code.blocks().get(next).first()));
        }
      }
    }
  }

  /** Returns what is live after the last instruction of the block. */
  LiveSet atEnd(int block) {
    return ends[block];
  }

  /** Returns what is live just before the instruction of that index. */
  LiveSet before(int instruction) {
    BasicBlock block = code.blockOf(instruction);
    LiveSet live = ends[block.index()].copy();
    for (int i = block.end() - 1; i >= instruction; i--) {
      step(live, code.instructions().get(i));
    }
    return live;
  }

  /** Returns what the instruction reads by itself, a call what the callee may see. */
  static LiveSet readBy(FunctionCode code, int instruction) {
    Instruction i = code.instructions().get(instruction);
    LiveSet live = new LiveSet();
    if (i.branch().kind() == Branch.Kind.CALL || i.branch().kind() == Branch.Kind.INDIRECT_CALL) {
      Calls.seen(i, code.function()).forEach(live::add);
    }
    if (Patches.replaced(i, code.function())) {
      LiveSet.GENERAL.forEach(live::add);
    }
    reads(live, i);
    return live;
  }

  private LiveSet leaving(BasicBlock block) {
    Instruction last = code.instructions().get(block.end() - 1);
    if (!block.leaves()) {
      boolean ends =
          last.branch().kind() == Branch.Kind.TRAP || last.branch().kind() == Branch.Kind.CALL;
      return !block.successors().isEmpty() || ends ? new LiveSet() : LiveSet.everything();
    }
    if (block.successors().isEmpty() && isReturn(last)) {
      LiveSet live = saved();
      live.add(Register.RAX);
      live.add(Register.RDX);
      return live;
    }
    if (isTailCall(last)) {
      LiveSet live = saved();
      Calls.seen(last, code.function()).forEach(live::add);
      return live;
    }
    return LiveSet.everything();
  }

  private static LiveSet saved() {
    LiveSet live = new LiveSet();
    CALLEE_SAVED.forEach(live::add);
    return live;
  }

  static boolean isReturn(Instruction last) {
    return last.branch().kind() == Branch.Kind.RETURN
        || last.branch().kind() == Branch.Kind.JUMP
            && last.relocations().stream().anyMatch(r -> r.symbol().equals("__x86_return_thunk"));
  }

  /** Returns whether control goes to another function's start, not to an out-of-line part. */
  private boolean isTailCall(Instruction last) {
    Branch.Kind kind = last.branch().kind();
    if (kind != Branch.Kind.JUMP && kind != Branch.Kind.CONDITIONAL) {
      return false;
    }
    if (last.relocations().isEmpty()) {
      return code.function().localTargets().stream()
          .anyMatch(t -> t.offset() == last.offset() && t.addend() == 0 && !isPart(t.symbol()));
    }
    Relocation to = last.relocations().getFirst();
    return last.relocations().size() == 1 && to.addend() == -4 && !isPart(to.symbol());
  }

  private boolean isPart(String symbol) {
    String own = code.function().name().replaceAll("\\.cold.*", "");
    return symbol.equals(own) || symbol.startsWith(own + ".");
  }

  private void step(LiveSet live, Instruction i) {
    switch (i.branch().kind()) {
      case CALL, INDIRECT_CALL -> {
        Calls.lost(i, code.function()).forEach(live::remove);
        Calls.seen(i, code.function()).forEach(live::add);
        reads(live, i);
      }
      case TRAP -> {
        if (!i.mnemonic().equals("ud2") && !i.mnemonic().equals("int3")) {
          live.addAll(LiveSet.everything());
        }
      }
      default -> {
        if (modelled.contains(i.offset())) {
          writes(live, i);
        } else if (Patches.replaced(i, code.function())) {
          LiveSet.GENERAL.forEach(live::add);
        }
        reads(live, i);
      }
    }
  }

  private static void writes(LiveSet live, Instruction i) {
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r && r.access().writes()) {
        live.remove(r.view());
      }
    }
    if (!COUNT_MAY_BE_ZERO.contains(i.mnemonic()) || countIsNumber(i)) {
      i.flags().changed().forEach(live::remove);
    }
  }

  private static boolean countIsNumber(Instruction i) {
    List<Operand> visible = i.visibleOperands();
    return visible.getLast() instanceof ImmediateOperand m && (m.value() & 0x1f) != 0;
  }

  private static void reads(LiveSet live, Instruction i) {
    boolean clears = clears(i);
    for (Operand o : i.operands()) {
      switch (o) {
        case RegisterOperand r -> {
          if (r.access().anyRead() && !clears) {
            live.add(r.view());
          }
        }
        case MemoryOperand m -> {
          m.base().ifPresent(live::add);
          m.index().ifPresent(live::add);
          if (m.kind() == MemoryOperand.Kind.UNMODELLED) {
            live.addAll(LiveSet.everything());
          }
        }
        case ImmediateOperand _ -> {}
      }
    }
    for (Flag f : i.flags().read()) {
      live.add(f);
    }
  }

  /** Returns whether the result does not depend on the register that is named twice. */
  static boolean clears(Instruction i) {
    List<Operand> visible = i.visibleOperands();
    return Set.of("xor", "sub", "sbb").contains(i.mnemonic())
        && visible.size() == 2
        && visible.get(0) instanceof RegisterOperand a
        && visible.get(1) instanceof RegisterOperand b
        && a.view().equals(b.view());
  }
}

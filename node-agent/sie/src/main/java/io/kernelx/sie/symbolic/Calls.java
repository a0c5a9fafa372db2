// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectFunction.LocalTarget;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Who can see and change what at a call.
 *
 * <p>A direct call follows the C convention of the kernel: it sees the six argument registers and
 * the stack, keeps the callee-saved registers and may change the rest. Inline assembly calls
 * differently: an indirect call, a call that the kernel patches as an alternative, and the helpers
 * that are written in assembly with a convention of their own may see every register. What such a
 * call leaves in a register that the C convention gives up is some function of what was there,
 * because inline assembly often promises to keep it.
 */
public final class Calls {

  private static final Set<Register> ARGUMENTS =
      EnumSet.of(
          Register.RDI,
          Register.RSI,
          Register.RDX,
          Register.RCX,
          Register.R8,
          Register.R9,
          Register.RSP);

  private static final Set<Register> SCRATCH =
      EnumSet.of(
          Register.RAX,
          Register.RCX,
          Register.RDX,
          Register.RSI,
          Register.RDI,
          Register.R8,
          Register.R9,
          Register.R10,
          Register.R11);

  private static final Set<Register> ALL = EnumSet.range(Register.RAX, Register.R15);

  /** How the names begin of the assembly helpers that inline assembly calls. */
  private static final List<String> ASSEMBLY =
      List.of(
          "__get_user_",
          "__put_user_",
          "rep_",
          "copy_user_",
          "clear_page_",
          "copy_page",
          "copy_mc_",
          "clear_user_",
          "__clear_user",
          "__sw_hweight",
          "__x86_indirect_",
          "__raw_callee_save_",
          "__SCT__preempt_",
          "__SCT__cond_resched",
          "__SCT__might_resched",
          "preempt_schedule_thunk",
          "preempt_schedule_notrace_thunk",
          "this_cpu_cmpxchg",
          "cmpxchg8b",
          "cmpxchg16b",
          "xen_",
          "paravirt_",
          "native_",
          "pv_",
          "__pv_",
          "hv_",
          "error_",
          "entry_",
          "asm_",
          "srso_",
          "retbleed_",
          "write_ibpb",
          "__memcpy",
          "__memset",
          "memcpy_orig",
          "call_");

  private Calls() {}

  /** Returns the registers that the callee may read. */
  public static Set<Register> seen(Instruction call, ObjectFunction function) {
    return assembly(call, function) ? ALL : ARGUMENTS;
  }

  /**
   * Returns the registers by which a caller may hand something over: none that the callee saves.
   */
  public static Set<Register> passed(Instruction call, ObjectFunction function) {
    EnumSet<Register> passed = EnumSet.copyOf(seen(call, function));
    passed.retainAll(SCRATCH);
    return passed;
  }

  /** Returns the registers that the call may change. */
  public static Set<Register> changed() {
    return SCRATCH;
  }

  /**
   * Names what is called: symbol and distance for a direct call, else the instruction's bytes.
   *
   * @param function that holds the call
   */
  public static String target(Instruction call, ObjectFunction function) {
    if (!call.relocations().isEmpty()) {
      var r = call.relocations().getFirst();
      return r.symbol() + "+" + r.addend();
    }
    for (LocalTarget t : function.localTargets()) {
      if (t.offset() == call.offset()) {
        return t.symbol() + "+" + (t.addend() - 4);
      }
    }
    return call.branch().kind() == Branch.Kind.CALL
        ? function.name() + "@" + call.branch().target().orElse(-1)
        : call.bytes().hex();
  }

  private static boolean assembly(Instruction call, ObjectFunction function) {
    String target = target(call, function);
    return call.branch().kind() != Branch.Kind.CALL
        || Patches.replaced(call, function)
        || ASSEMBLY.stream().anyMatch(target::startsWith);
  }

  static void call(MachineState s, Instruction call, ObjectFunction function, List<Expr> extra) {
    List<Expr> arguments = new ArrayList<>(extra);
    for (Register r : seen(call, function)) {
      arguments.add(s.register(r));
    }
    int epoch = s.epoch();
    s.add(new Event.Effect("call " + target(call, function), arguments));
    boolean plain = !assembly(call, function);
    for (Register r : SCRATCH) {
      List<Expr> before = plain && r == Register.RAX ? List.of() : List.of(s.register(r));
      s.setRegister(r, Bits.apply("call@" + epoch + "." + r, 64, before));
    }
    for (Flag f : MachineState.FLAGS) {
      s.setFlag(f, Bits.apply("call@" + epoch + "." + f, 1, List.of(s.flag(f))));
    }
  }
}

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
import java.util.Optional;
import java.util.Set;

/**
 * Who can see and change what at a call.
 *
 * <ol>
 *   <li>A direct call, or jump to another function, that the compiler made follows the C
 *       convention: the callee sees the six argument registers and the stack, keeps the
 *       callee-saved registers, and what the others hold is lost.
 *   <li>A callee of the same unit may be known to the compiler to leave some of those others alone,
 *       and the compiler may count on that, unless it compiles for profiling ({@code -pg}, which
 *       shows in a call of {@code __fentry__}): what such a call leaves is some function of what
 *       was there.
 *   <li>A call through one of the compiler's thunks is such a call too; the thunk sees the register
 *       that holds the target.
 *   <li>Every other call may come from inline assembly, with a convention of its own: indirect
 *       calls, calls that the kernel patches as alternatives, names that the unit's inline assembly
 *       branches to, and all calls where those names are not known. The callee may see every
 *       register, and what it leaves in any of them is some function of what was there.
 * </ol>
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

  /** How the compiler names what it calls a function through; the target's register follows. */
  private static final List<String> THUNKS =
      List.of("__x86_indirect_thunk_", "__x86_indirect_call_thunk_", "__x86_indirect_jump_thunk_");

  /** What the compiler calls at a function's start; all registers are kept. */
  private static final String ENTRY = "__fentry__";

  private Calls() {}

  /** Returns the registers that the callee may read. */
  public static Set<Register> seen(Instruction call, ObjectFunction function) {
    if (assembly(call, function)) {
      return ALL;
    }
    EnumSet<Register> seen = EnumSet.copyOf(ARGUMENTS);
    thunk(symbol(call, function)).ifPresent(seen::add);
    return seen;
  }

  /**
   * Returns the registers by which a caller may hand something over: none that the callee saves.
   */
  public static Set<Register> passed(Instruction call, ObjectFunction function) {
    EnumSet<Register> passed = EnumSet.copyOf(seen(call, function));
    passed.retainAll(SCRATCH);
    return passed;
  }

  /** Returns the registers that code in an alternative's place may change: all but the stack's. */
  static Set<Register> changed() {
    EnumSet<Register> all = EnumSet.copyOf(ALL);
    all.remove(Register.RSP);
    return all;
  }

  /** Returns the registers of which nothing after the call depends on what they held before. */
  public static Set<Register> lost(Instruction call, ObjectFunction function) {
    boolean kept =
        assembly(call, function)
            || function.callees().own().contains(symbol(call, function)) && !profiled(function);
    return kept ? Set.of() : SCRATCH;
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

  private static String symbol(Instruction call, ObjectFunction function) {
    if (!call.relocations().isEmpty()) {
      return call.relocations().getFirst().symbol();
    }
    return function.localTargets().stream()
        .filter(t -> t.offset() == call.offset())
        .map(LocalTarget::symbol)
        .findFirst()
        .orElse(function.name());
  }

  private static boolean assembly(Instruction call, ObjectFunction function) {
    String symbol = symbol(call, function);
    Branch.Kind kind = call.branch().kind();
    return kind == Branch.Kind.INDIRECT_CALL
        || kind == Branch.Kind.INDIRECT_JUMP
        || Patches.replaced(call, function)
        || symbol.equals(ENTRY)
        || function.callees().mayBeInline(symbol);
  }

  private static Optional<Register> thunk(String symbol) {
    for (String start : THUNKS) {
      if (symbol.startsWith(start)) {
        String name = symbol.substring(start.length());
        return ALL.stream().filter(r -> r.name().equalsIgnoreCase(name)).findFirst();
      }
    }
    return Optional.empty();
  }

  private static boolean profiled(ObjectFunction function) {
    return function.patchSites().stream().anyMatch(p -> p.table().equals("__mcount_loc"));
  }

  static void call(MachineState s, Instruction call, ObjectFunction function, List<Expr> extra) {
    List<Expr> arguments = new ArrayList<>(extra);
    for (Register r : seen(call, function)) {
      arguments.add(s.register(r));
    }
    int epoch = s.epoch();
    s.add(new Event.Effect("call " + target(call, function), arguments));
    Set<Register> lost = lost(call, function);
    for (Register r : assembly(call, function) ? ALL : SCRATCH) {
      if (r != Register.RSP) {
        List<Expr> before = lost.contains(r) ? List.of() : List.of(s.register(r));
        s.setRegister(r, Bits.apply("call@" + epoch + "." + r, 64, before));
      }
    }
    for (Flag f : MachineState.FLAGS) {
      s.setFlag(f, Bits.apply("call@" + epoch + "." + f, 1, List.of(s.flag(f))));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Executor;
import io.kernelx.sie.symbolic.Expr;
import io.kernelx.sie.symbolic.MachineState;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The one memory operand of an instruction, as plans write it down and as the module finds it. */
final class OperandPlace {

  private static final Set<String> LINKED =
      Set.of("R_X86_64_PC32", "R_X86_64_PLT32", "R_X86_64_32S");

  private OperandPlace() {}

  /** Returns the index of the first operand that is in memory, if there is one. */
  static OptionalInt index(Instruction i) {
    for (int k = 0; k < i.operands().size(); k++) {
      if (i.operands().get(k) instanceof MemoryOperand m
          && m.kind() != MemoryOperand.Kind.ADDRESS_ONLY) {
        return OptionalInt.of(k);
      }
    }
    return OptionalInt.empty();
  }

  /** Says why the module cannot reach the operand as the processor does, if it cannot. */
  static Optional<String> obstacle(Instruction i, MemoryOperand m) {
    if (m.segment() == Register.GS || m.segment() == Register.FS) {
      return Optional.of("its operand is per-CPU memory");
    }
    if (i.operands().stream().filter(o -> o instanceof MemoryOperand).count() > 1) {
      return Optional.of("it works on two places in memory");
    }
    Optional<Relocation> linked = i.relocation(m.displacementField());
    boolean address =
        m.kind() == MemoryOperand.Kind.PLAIN
            && m.addressWidth() == 64
            && Set.of(8, 16, 32, 64).contains(m.width())
            && (m.ripRelative() || whole(m.base()))
            && whole(m.index())
            && (linked.isPresent() || !m.ripRelative())
            && linked.map(r -> LINKED.contains(r.type())).orElse(true)
            && linked.map(r -> m.displacementField().size() == Integer.BYTES).orElse(true);
    return address
        ? Optional.empty()
        : Optional.of("the address of its operand is of an unknown form");
  }

  private static boolean whole(Optional<RegisterView> view) {
    return view.map(v -> v.width() == 64 && v.container().isGeneralPurpose()).orElse(true);
  }

  /** Returns the operand as plans carry it. There must be no obstacle. */
  static Memory of(Instruction i, MemoryOperand m) {
    boolean linked = i.relocation(m.displacementField()).isPresent();
    return new Memory(
        m.ripRelative() ? "ip" : name(m.base()),
        name(m.index()),
        Math.max(1, m.scale()),
        linked ? 0 : m.displacement(),
        linked ? m.displacementField().offset() : -1,
        m.width());
  }

  private static String name(Optional<RegisterView> view) {
    return view.map(v -> v.container().ptRegsName().orElseThrow()).orElse("");
  }

  /**
   * Returns the operand's address. What the linker fills in is the instruction's; all else is what
   * the plan says.
   */
  static Expr address(Memory m, Instruction i, MachineState state, Executor executor) {
    if (m.linked() >= 0) {
      return executor.address(state, i, index(i).orElseThrow());
    }
    Expr sum = Bits.constant(64, m.displacement());
    if (!m.base().isEmpty()) {
      sum = Bits.add(sum, register(state, m.base()));
    }
    return m.index().isEmpty()
        ? sum
        : Bits.add(sum, Bits.mul(Bits.constant(64, m.scale()), register(state, m.index())));
  }

  /** Returns the 64 bits of the register that plans call {@code name}. */
  static Expr register(MachineState state, String name) {
    for (Register r : LiveSet.GENERAL) {
      if (r.ptRegsName().orElseThrow().equals(name)) {
        return state.register(r);
      }
    }
    throw new IllegalArgumentException("no such register: " + name);
  }
}

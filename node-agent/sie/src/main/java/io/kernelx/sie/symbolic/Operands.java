// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.List;
import java.util.Locale;

/** One instruction's operands over a state: reads, writes, addresses. */
final class Operands {

  private static final Expr NOWHERE_ELSE = Bits.constant(64, 0);

  private final MachineState state;
  private final Instruction instruction;
  private final Constants constants;
  private final boolean atomic;
  private final int epoch;

  Operands(MachineState state, Instruction instruction, Constants constants) {
    this(state, instruction, constants, false);
  }

  /**
   * @param atomic whether reading and writing of memory is one step that is already among the
   *     state's events: what is read is then known by its place and by what was done before that
   *     step, and nothing is written any more
   */
  Operands(MachineState state, Instruction instruction, Constants constants, boolean atomic) {
    this.state = state;
    this.instruction = instruction;
    this.constants = constants;
    this.atomic = atomic;
    this.epoch = state.epoch();
  }

  int width(int i) {
    return operand(i).width();
  }

  Operand operand(int i) {
    return instruction.operands().get(i);
  }

  /** Returns the operand's value in its own width. */
  Expr read(int i) {
    return switch (operand(i)) {
      case RegisterOperand r -> state.read(r.view());
      case MemoryOperand _ -> readAway(i, NOWHERE_ELSE);
      case ImmediateOperand m -> Bits.low(number(i, m), m.width());
    };
  }

  /** Returns a register, or the memory at the operand's address and {@code away} bytes. */
  Expr readAway(int i, Expr away) {
    if (!(operand(i) instanceof MemoryOperand m)) {
      return read(i);
    }
    Expr place = Bits.add(address(i), away);
    return atomic
        ? Bits.apply("atomic" + m.width() + segment(m) + "@" + epoch, m.width(), List.of(place))
        : state.load(segment(m), place, m.width());
  }

  /** Returns the operand's value, an immediate in the width that the operation gives it. */
  Expr read(int i, int width) {
    return operand(i) instanceof ImmediateOperand m ? Bits.low(number(i, m), width) : read(i);
  }

  void write(int i, Expr value) {
    switch (operand(i)) {
      case RegisterOperand r -> state.write(r.view(), value);
      case MemoryOperand _ -> writeAway(i, NOWHERE_ELSE, value);
      case ImmediateOperand _ -> throw new IllegalStateException("a number is no destination");
    }
  }

  /** Writes a register, or the memory at the operand's address and {@code away} bytes. */
  void writeAway(int i, Expr away, Expr value) {
    if (!(operand(i) instanceof MemoryOperand m)) {
      write(i, value);
    } else if (!atomic) {
      state.add(new Event.Store(segment(m), Bits.add(address(i), away), value));
    }
  }

  private Expr number(int i, ImmediateOperand m) {
    return constants
        .instead(instruction, i)
        .or(() -> instruction.relocation(m.field()).map(r -> symbol(r, m.field())))
        .orElseGet(() -> Bits.constant(64, m.value()));
  }

  /** Returns the 64-bit address within the segment. */
  Expr address(int i) {
    MemoryOperand m = (MemoryOperand) operand(i);
    Expr sum =
        constants
            .instead(instruction, i)
            .or(
                () ->
                    instruction
                        .relocation(m.displacementField())
                        .map(r -> symbol(r, m.displacementField())))
            .orElseGet(
                () -> m.ripRelative() ? state.unknown(64) : Bits.constant(64, m.displacement()));
    if (m.base().isPresent() && !m.ripRelative()) {
      sum = Bits.add(sum, full(m.base().get()));
    }
    if (m.index().isPresent()) {
      sum = Bits.add(sum, Bits.mul(Bits.constant(64, m.scale()), full(m.index().get())));
    }
    return m.addressWidth() == 32 ? Bits.zext(Bits.low(sum, 32), 64) : sum;
  }

  private Expr full(RegisterView view) {
    return view.container().isGeneralPurpose()
        ? Bits.zext(state.read(view), 64)
        : state.unknown(64);
  }

  static String segment(MemoryOperand m) {
    return m.segment() == Register.FS || m.segment() == Register.GS
        ? m.segment().name().toLowerCase(Locale.ROOT)
        : "";
  }

  /** Returns what the linker puts there, as a 64-bit address counted from the symbol. */
  private Expr symbol(Relocation r, Operand.Field field) {
    Expr base = Bits.input("&" + r.symbol(), 64);
    long addend = r.addend();
    return switch (r.type()) {
      case "R_X86_64_PC32", "R_X86_64_PLT32" ->
          Bits.add(base, Bits.constant(64, addend + instruction.length() - field.offset()));
      case "R_X86_64_32S", "R_X86_64_32", "R_X86_64_64" ->
          Bits.add(base, Bits.constant(64, addend));
      default -> state.unknown(64);
    };
  }
}

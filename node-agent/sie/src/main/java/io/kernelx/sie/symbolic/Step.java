// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;

/** One instruction in execution: operands by their number, flags, registers it implies. */
final class Step {

  private final MachineState state;
  private final Instruction instruction;
  private final Operands operands;

  Step(MachineState state, Instruction instruction, Operands operands) {
    this.state = state;
    this.instruction = instruction;
    this.operands = operands;
  }

  MachineState state() {
    return state;
  }

  Instruction instruction() {
    return instruction;
  }

  Operands operands() {
    return operands;
  }

  Arithmetic alu() {
    return new Arithmetic(state);
  }

  /** Returns the width of the first operand, in bits. */
  int width() {
    return operands.width(0);
  }

  int operandCount() {
    return instruction.visibleOperands().size();
  }

  boolean isRegister(int i) {
    return operands.operand(i) instanceof RegisterOperand;
  }

  boolean isMemory(int i) {
    return operands.operand(i) instanceof MemoryOperand;
  }

  boolean isNumber(int i) {
    return operands.operand(i) instanceof ImmediateOperand;
  }

  /** Returns an operand in its own width. */
  Expr in(int i) {
    return operands.read(i);
  }

  /** Returns an operand; an immediate in the given width. */
  Expr in(int i, int width) {
    return operands.read(i, width);
  }

  /** Returns the second operand as a count of 8 bits. */
  Expr count(int i) {
    return Bits.low(operands.read(i, 8), 8);
  }

  void out(int i, Expr value) {
    operands.write(i, value);
  }

  Expr flag(Flag f) {
    return state.flag(f);
  }

  void flag(Flag f, Expr bit) {
    state.setFlag(f, bit);
  }

  /** Leaves flags in no known state. */
  void undefined(Flag... flags) {
    for (Flag f : flags) {
      state.setFlag(f, state.unknown(1));
    }
  }

  /** Returns the low bits of a register that the opcode implies. */
  Expr implied(Register r, int width) {
    return Bits.low(state.register(r), width);
  }

  /** Writes the low bits of a register that the opcode implies, as the processor does. */
  void implied(Register r, Expr value) {
    state.write(new RegisterView(r, value.width(), false, "implied"), value);
  }
}

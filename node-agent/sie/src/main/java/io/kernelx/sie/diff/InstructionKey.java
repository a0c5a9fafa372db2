// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.Field;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Prefix;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectFunction.LocalTarget;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What makes two instructions of two versions the same: everything except where they stand and how
 * far they jump. Operands that are relocated count by what the relocation names. Where a branch
 * goes is not part of the key: within the function the pairing of blocks answers for it, outside it
 * {@link #landing}.
 */
record InstructionKey(String mnemonic, List<Object> operands, Set<Prefix> prefixes) {

  /**
   * Where a branch enters another function beside its start.
   *
   * @param symbol the function
   * @param offset from its start
   */
  record Landing(String symbol, int offset) {}

  private record Jump(String symbol) {}

  private record Relocated(String type, String symbol, long addend) {}

  /** Makes the keys of one function's instructions. */
  static final class Maker {
    private final Map<Integer, LocalTarget> localTargets = new HashMap<>();

    Maker(ObjectFunction function) {
      function.localTargets().forEach(t -> localTargets.put(t.offset(), t));
    }

    InstructionKey key(Instruction instruction) {
      List<Object> operands = new ArrayList<>();
      for (Operand operand : instruction.operands()) {
        if (operand.visibility() != Operand.Visibility.HIDDEN) {
          operands.add(operandKey(instruction, operand));
        }
      }
      return new InstructionKey(instruction.mnemonic(), operands, instruction.prefixes());
    }

    /** Returns where the instruction branches to in another function, or null. */
    Landing landing(Instruction instruction) {
      if (!branches(instruction)) {
        return null;
      }
      LocalTarget local = localTargets.get(instruction.offset());
      if (local != null) {
        return new Landing(local.symbol(), local.addend());
      }
      if (instruction.relocations().isEmpty()) {
        return null;
      }
      Relocation relocation = instruction.relocations().get(0);
      long offset = relocation.addend() + instruction.end() - relocation.offset();
      return new Landing(relocation.symbol(), (int) offset);
    }

    private Object operandKey(Instruction instruction, Operand operand) {
      return switch (operand) {
        case RegisterOperand register -> register.view();
        case ImmediateOperand immediate when immediate.relative() -> jump(instruction);
        case ImmediateOperand immediate ->
            List.of(immediate.width(), fieldKey(instruction, immediate.field(), immediate.value()));
        case MemoryOperand memory ->
            List.of(
                memory.kind(),
                memory.segment(),
                memory.base(),
                memory.index(),
                memory.scale(),
                memory.width(),
                memory.addressWidth(),
                fieldKey(instruction, memory.displacementField(), memory.displacement()));
      };
    }

    private Object jump(Instruction instruction) {
      Landing landing = landing(instruction);
      return new Jump(landing == null ? "" : landing.symbol());
    }

    private static Object fieldKey(Instruction instruction, Field field, long value) {
      Relocation relocation = instruction.relocation(field).orElse(null);
      if (relocation == null) {
        return value;
      }
      long addend = relocation.addend();
      if (relocation.type().endsWith("PC32") || relocation.type().endsWith("PLT32")) {
        addend += instruction.end() - relocation.offset();
      }
      return new Relocated(relocation.type(), relocation.symbol(), addend);
    }

    private static boolean branches(Instruction instruction) {
      Branch.Kind kind = instruction.branch().kind();
      return kind == Branch.Kind.JUMP
          || kind == Branch.Kind.CONDITIONAL
          || kind == Branch.Kind.CALL;
    }
  }
}

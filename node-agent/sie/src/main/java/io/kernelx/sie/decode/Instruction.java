// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A decoded instruction. Immutable.
 *
 * @param offset of the first byte, in the caller's coordinates (from the function's start once an
 *     object's function is decoded)
 * @param bytes as encoded
 * @param mnemonic in lower case, Intel's name without operand size ({@code mov}, {@code jnbe},
 *     {@code movsxd}, {@code cmovz})
 * @param operands explicit ones first, in Intel's order (the destination first), then implicit and
 *     hidden ones
 * @param operandWidth the effective operand width in bits
 * @param flags what happens to the flags
 * @param prefixes those with a meaning here
 * @param branch where control goes
 * @param relocations that lie within the bytes, offsets in the same coordinates; empty as decoded,
 *     added from the object
 */
public record Instruction(
    int offset,
    Bytes bytes,
    String mnemonic,
    List<Operand> operands,
    int operandWidth,
    FlagEffects flags,
    Set<Prefix> prefixes,
    Branch branch,
    List<Relocation> relocations)
    implements Decoded {

  public Instruction {
    operands = List.copyOf(operands);
    prefixes = Set.copyOf(prefixes);
    relocations = List.copyOf(relocations);
  }

  /** Returns the number of bytes. */
  public int length() {
    return bytes.length();
  }

  /** Returns the offset of the byte after the instruction. */
  public int end() {
    return offset + bytes.length();
  }

  /** Returns the condition of a {@code jcc}, {@code setcc} or {@code cmovcc}. */
  public Optional<Condition> condition() {
    return Condition.of(mnemonic);
  }

  /** Returns the operands that stand in the instruction's text. */
  public List<Operand> visibleOperands() {
    return operands.stream().filter(o -> o.visibility() != Operand.Visibility.HIDDEN).toList();
  }

  /** Returns the relocation that covers {@code field}, if any. */
  public Optional<Relocation> relocation(Operand.Field field) {
    int start = offset + field.offset();
    return relocations.stream()
        .filter(r -> field.present() && r.offset() >= start && r.offset() < start + field.size())
        .findFirst();
  }

  public Instruction withRelocations(List<Relocation> added) {
    return new Instruction(
        offset, bytes, mnemonic, operands, operandWidth, flags, prefixes, branch, added);
  }
}

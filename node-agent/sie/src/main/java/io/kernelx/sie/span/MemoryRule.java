// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Prefix;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.span.Taint.Level;
import io.kernelx.sie.symbolic.Calls;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Notes where a value computed from the constant decides about the size or place of memory: an
 * allocator's or copier's argument ({@link SizedMemory}), part of an address, the count of a
 * repeated string instruction; in the function itself or in one of its unit that gets the value. A
 * value that was only chosen by a comparison with the constant decides about nothing of the kind.
 */
final class MemoryRule {
  private static final Set<Prefix> REPEATS = Set.of(Prefix.REP, Prefix.REPE, Prefix.REPNE);

  private final FunctionCode code;
  private final CalledCode called;
  private final Map<Integer, String> found = new TreeMap<>();

  MemoryRule(FunctionCode code, CalledCode called) {
    this.code = code;
    this.called = called;
  }

  /** Returns the first place in the function's code, as part of a sentence. */
  Optional<String> first() {
    return found.values().stream().findFirst();
  }

  /**
   * A call, or a jump that takes its place.
   *
   * @param passed registers with computed values that the function reached may read
   * @param stack bytes of the stack with such values, as {@link CalledCode#sizesMemory} counts them
   */
  void call(Instruction call, Set<Register> passed, Set<Long> stack) {
    if (passed.isEmpty() && stack.isEmpty()) {
      return;
    }
    String target = Calls.target(call, code.function()).replaceAll("\\+-?\\d+$", "");
    if (SizedMemory.takenBy(target)) {
      note(call, "a value derived from the constant is given to %s at %s", target);
    } else {
      called
          .sizesMemory(target, passed, stack)
          .ifPresent(how -> note(call, "%s, which gets it at %s", how));
    }
  }

  void address(Instruction i, MemoryOperand operand, Level place) {
    boolean used = operand.kind() != MemoryOperand.Kind.ADDRESS_ONLY && !i.mnemonic().equals("nop");
    if (used && place == Level.STRONG) {
      note(
          i,
          "a value derived from the constant is part of the address that '%s' uses at %s",
          i.mnemonic());
    }
  }

  /** A computed value goes to a place of the stack that cannot be followed to whom it is for. */
  void unfollowed(Instruction i) {
    note(
        i,
        "a value derived from the constant is put on the stack by '%s' at %s, where the frame"
            + " cannot be followed",
        i.mnemonic());
  }

  void repeat(Instruction i, Taint t) {
    boolean string = i.operands().stream().anyMatch(o -> o instanceof MemoryOperand);
    if (string
        && i.prefixes().stream().anyMatch(REPEATS::contains)
        && t.of(Register.RCX) == Level.STRONG) {
      note(
          i,
          "a value derived from the constant counts the '%s' that is repeated at %s",
          i.mnemonic());
    }
  }

  private void note(Instruction i, String sentence, String what) {
    String where = "%s+0x%x".formatted(code.function().name(), i.offset());
    found.putIfAbsent(i.offset(), sentence.formatted(what, where));
  }
}

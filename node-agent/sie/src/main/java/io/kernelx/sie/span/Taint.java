// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What may hold a value derived from the constant: whole registers, the flags, and bytes of the own
 * stack frame, counted from where the stack pointer stood at the function's start. Mutable.
 */
final class Taint {

  final Set<Register> registers = EnumSet.noneOf(Register.class);
  final Set<Flag> flags = EnumSet.noneOf(Flag.class);
  final Set<Long> stack = new TreeSet<>();

  Taint copy() {
    Taint t = new Taint();
    t.addAll(this);
    return t;
  }

  boolean addAll(Taint other) {
    return registers.addAll(other.registers)
        | flags.addAll(other.flags)
        | stack.addAll(other.stack);
  }

  boolean isEmpty() {
    return registers.isEmpty() && flags.isEmpty() && stack.isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What may hold a value derived from the constant: whole registers, the flags, and bytes of the own
 * stack frame, counted from where the stack pointer stood at the function's start. Mutable.
 */
final class Taint {

  /** How a value is derived, the greater the closer. */
  enum Level {
    NONE,
    /** Chosen by a comparison, returned by a function, or loaded from a derived address. */
    WEAK,
    /** Computed from the constant. */
    STRONG;

    Level or(Level other) {
      return compareTo(other) >= 0 ? this : other;
    }

    Level atMost(Level other) {
      return compareTo(other) <= 0 ? this : other;
    }

    boolean derived() {
      return this != NONE;
    }
  }

  final Set<Flag> flags = EnumSet.noneOf(Flag.class);
  private final Map<Register, Level> registers = new EnumMap<>(Register.class);
  private final NavigableMap<Long, Level> stack = new TreeMap<>();

  Level of(Register register) {
    return registers.getOrDefault(register, Level.NONE);
  }

  /** Returns how far any byte from {@code start} up to, not including, {@code end} is derived. */
  Level ofSlot(long start, long end) {
    return stack.tailMap(start, true).entrySet().stream()
        .takeWhile(e -> e.getKey() < end)
        .map(Map.Entry::getValue)
        .reduce(Level.NONE, Level::or);
  }

  void add(Register register, Level level) {
    if (level.derived()) {
      registers.merge(register, level, Level::or);
    }
  }

  void set(Register register, Level level) {
    registers.remove(register);
    add(register, level);
  }

  void addSlot(long start, int bytes, Level level) {
    for (int b = 0; b < bytes && level.derived(); b++) {
      stack.merge(start + b, level, Level::or);
    }
  }

  /** Adds all bytes from {@code start} up to, not including, {@code end}. */
  void addSlots(long start, long end, Level level) {
    for (long b = start; b < end; b++) {
      stack.merge(b, level, Level::or);
    }
  }

  void clearSlot(long start, int bytes) {
    for (int b = 0; b < bytes; b++) {
      stack.remove(start + b);
    }
  }

  /** Returns the registers that are derived at least so far. */
  Set<Register> registers(Level least) {
    return registers.entrySet().stream()
        .filter(e -> e.getValue().compareTo(least) >= 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Register.class)));
  }

  /** Returns the bytes of the stack that are derived at least so far. */
  Set<Long> slots(Level least) {
    return stack.entrySet().stream()
        .filter(e -> e.getValue().compareTo(least) >= 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  Taint copy() {
    Taint t = new Taint();
    t.addAll(this);
    return t;
  }

  /** Returns whether anything was added. */
  boolean addAll(Taint other) {
    boolean changed = flags.addAll(other.flags);
    for (Map.Entry<Register, Level> e : other.registers.entrySet()) {
      changed |= of(e.getKey()).compareTo(e.getValue()) < 0;
      add(e.getKey(), e.getValue());
    }
    for (Map.Entry<Long, Level> e : other.stack.entrySet()) {
      changed |= ofSlot(e.getKey(), e.getKey() + 1).compareTo(e.getValue()) < 0;
      addSlot(e.getKey(), 1, e.getValue());
    }
    return changed;
  }

  boolean isEmpty() {
    return registers.isEmpty() && flags.isEmpty() && stack.isEmpty();
  }
}

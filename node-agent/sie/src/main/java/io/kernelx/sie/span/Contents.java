// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Register;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What registers and slots of the frame may hold. A slot is named by its first byte, counted from
 * where the stack pointer stood at the function's start. Mutable.
 */
final class Contents {
  private final Map<Register, Content> registers = new EnumMap<>(Register.class);
  private final Map<Long, Content> slots = new TreeMap<>();

  Content of(Register register) {
    return registers.getOrDefault(register, Content.NOTHING);
  }

  Content slot(long first) {
    return slots.getOrDefault(first, Content.NOTHING);
  }

  void set(Register register, Content content) {
    registers.put(register, content);
  }

  void setSlot(long first, Content content) {
    slots.put(first, content);
  }

  Contents copy() {
    Contents copy = new Contents();
    copy.registers.putAll(registers);
    copy.slots.putAll(slots);
    return copy;
  }

  /** Adds what may be there as well; returns whether that is more. */
  boolean join(Contents other) {
    return join(registers, other.registers) | join(slots, other.slots);
  }

  private static <K> boolean join(Map<K, Content> own, Map<K, Content> other) {
    Set<K> all = new HashSet<>(own.keySet());
    all.addAll(other.keySet());
    boolean changed = false;
    for (K key : all) {
      Content before = own.getOrDefault(key, Content.NOTHING);
      Content joined = before.or(other.getOrDefault(key, Content.NOTHING));
      changed |= !joined.equals(before);
      own.put(key, joined);
    }
    return changed;
  }
}

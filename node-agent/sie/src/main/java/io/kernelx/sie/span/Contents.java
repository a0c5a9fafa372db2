// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Register;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * What registers and the frame may hold. A slot is named by its first byte, counted from where the
 * stack pointer stood at the function's start; what is stored by an index or a pointer that moves
 * may lie in any slot from the first on that it leads to. Mutable.
 *
 * @param <T> what is held
 */
final class Contents<T> {
  private static final int SLOT = Long.BYTES;

  private final T nothing;
  private final BinaryOperator<T> either;
  private final Map<Register, T> registers = new EnumMap<>(Register.class);
  private final Map<Long, T> slots = new TreeMap<>();
  private final Map<StatePlace, T> arrays = new LinkedHashMap<>();

  /**
   * @param nothing what is held where nothing was put
   * @param either yields what is held where either may be
   */
  Contents(T nothing, BinaryOperator<T> either) {
    this.nothing = nothing;
    this.either = either;
  }

  T of(Register register) {
    return registers.getOrDefault(register, nothing);
  }

  void set(Register register, T content) {
    registers.put(register, content);
  }

  /** Returns what a place of the frame may hold. */
  T read(StatePlace place) {
    long first = place.pointer().distance();
    Stream<T> stored =
        arrays.entrySet().stream()
            .filter(e -> e.getKey().meets(place))
            .filter(e -> !place.exact() || e.getKey().pointer().distance() <= first)
            .map(Map.Entry::getValue);
    Stream<T> exact =
        place.exact()
            ? Optional.ofNullable(slots.get(first)).stream()
            : slots.entrySet().stream()
                .filter(e -> e.getKey() >= first && slot(place, e.getKey()).meets(place))
                .map(Map.Entry::getValue);
    return Stream.concat(exact, stored).reduce(either).orElse(nothing);
  }

  private static StatePlace slot(StatePlace like, long first) {
    return new StatePlace(false, Pointer.frame(like.pointer().name(), first), SLOT);
  }

  /** Puts something in a place of the frame. */
  void write(StatePlace place, T content) {
    if (place.exact()) {
      slots.put(place.pointer().distance(), content);
    } else {
      arrays.merge(place, content, either);
    }
  }

  Contents<T> copy() {
    Contents<T> copy = new Contents<>(nothing, either);
    copy.registers.putAll(registers);
    copy.slots.putAll(slots);
    copy.arrays.putAll(arrays);
    return copy;
  }

  /** Adds what may be there as well; returns whether that is more. */
  boolean join(Contents<T> other) {
    return join(registers, other.registers) | join(slots, other.slots) | join(arrays, other.arrays);
  }

  private <K> boolean join(Map<K, T> own, Map<K, T> other) {
    Set<K> all = new LinkedHashSet<>(own.keySet());
    all.addAll(other.keySet());
    boolean changed = false;
    for (K key : all) {
      T before = own.getOrDefault(key, nothing);
      T joined = either.apply(before, other.getOrDefault(key, nothing));
      changed |= !joined.equals(before);
      own.put(key, joined);
    }
    return changed;
  }
}

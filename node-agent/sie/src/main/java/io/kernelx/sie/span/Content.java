// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * What a register or a slot of the frame may hold, as {@link StateSlice} sees it. Immutable.
 *
 * @param state the places of lasting memory that it was computed from
 * @param numbers what it may be of the numbers in the code that follow the constant; 0 for one that
 *     was computed from such a number alone
 * @param marks how the constant took part
 */
record Content(Set<StatePlace> state, Set<Long> numbers, Set<Mark> marks) {

  /** How the constant took part in what was computed. */
  enum Mark {
    /** Computed from the constant and something else. */
    COMPUTED,
    /** A number of the constant, or something else, whichever way was taken. */
    CHOSEN,
    /** No longer what was read. */
    ALTERED,
    /** A number that follows the constant was added. */
    RAISED,
    /** A number that follows the constant was taken off. */
    LOWERED,
    /** The sum of such a number and something else. */
    SUM,
    /** Multiplied by a number that follows the constant. */
    MULTIPLIED,
    /** Bits that the constant names were set, cleared or turned. */
    BITS,
    /** What is left of a division of lasting memory, or its low bits. */
    RESIDUE,
    /** As many of something's low bits as the constant says. */
    LOW,
    /** Those, in steps of more than one byte. */
    STRIDE,
    /** Those, from where lasting memory says. */
    POSITION,
    /** Multiplied or divided by the constant by a shift. */
    FACTOR,
    /** Shifted up by the constant. */
    SHIFTED_UP,
    /** What was shifted up by the constant, added to what lasting memory held without that. */
    MIXED,
    /** Shifted down by the constant. */
    SHIFTED_DOWN,
    /** What a function returned that may have been given a number of the constant. */
    ANSWERED,
    /** The address of the registers with which a system call was made. */
    CALLERS
  }

  private static final Set<Mark> STEPS = Set.of(Mark.RAISED, Mark.LOWERED);

  /** Nothing that is of interest here. */
  static final Content NOTHING = new Content(Set.of(), Set.of(), Set.of());

  Content {
    state = Set.copyOf(state);
    numbers = Set.copyOf(numbers);
    marks = Set.copyOf(marks);
  }

  /** Where a system call finds its arguments, which do not outlive it. */
  static final Content REGISTERS = new Content(Set.of(), Set.of(), Set.of(Mark.CALLERS));

  static Content number(long number) {
    return new Content(Set.of(), Set.of(number), Set.of());
  }

  /** What a function returns that may have been given a number of the constant. */
  static Content answer() {
    return new Content(Set.of(), Set.of(), Set.of(Mark.ANSWERED));
  }

  static Content read(StatePlace place) {
    return new Content(Set.of(place), Set.of(), Set.of());
  }

  /** Returns whether it may be a number that follows the constant. */
  boolean constant() {
    return !numbers.isEmpty();
  }

  /** Returns whether it is a number that follows the constant, whichever way was taken. */
  boolean surely() {
    return constant() && !persistent() && marks.isEmpty();
  }

  /** Returns whether adding it adds a number that follows the constant, among others maybe. */
  boolean addend() {
    return surely() || has(Mark.SUM);
  }

  boolean persistent() {
    return !state.isEmpty();
  }

  boolean has(Mark mark) {
    return marks.contains(mark);
  }

  /** Returns whether the constant takes part. */
  boolean derived() {
    return constant() || has(Mark.COMPUTED);
  }

  /** Returns whether it was worked out with the constant, and not by adding it. */
  boolean sealed() {
    boolean stepped = has(Mark.SUM) || has(Mark.RAISED) || has(Mark.LOWERED);
    return (has(Mark.COMPUTED) || has(Mark.ANSWERED)) && !constant() && !stepped;
  }

  /** Returns what there is where either may be. */
  Content or(Content other) {
    if (equals(other)) {
      return this;
    }
    if (has(Mark.CALLERS) || other.has(Mark.CALLERS)) {
      return without(Mark.CALLERS).or(other.without(Mark.CALLERS));
    }
    Content both =
        new Content(
            union(state, other.state), union(numbers, other.numbers), union(marks, other.marks));
    return constant() == other.constant() ? both : both.marked(Mark.CHOSEN);
  }

  /**
   * Returns what an operation makes of the two that yields no plain number of the constant. How far
   * a counter was raised or lowered is no longer told once something else has been added.
   */
  Content with(Content other) {
    Set<Mark> kept = EnumSet.noneOf(Mark.class);
    kept.addAll(union(marks, other.marks));
    if (!equals(NOTHING) && !other.equals(NOTHING)) {
      kept.removeAll(STEPS);
    }
    kept.removeAll(Set.of(Mark.CHOSEN, Mark.SUM, Mark.CALLERS));
    kept.add(Mark.ALTERED);
    if (derived() || other.derived()) {
      kept.add(Mark.COMPUTED);
    }
    return new Content(union(state, other.state), Set.of(), kept);
  }

  /** Returns the same, shifted down by the constant: what was scaled up before no longer is. */
  Content scaledBack() {
    return without(Mark.SHIFTED_UP, Mark.MULTIPLIED, Mark.MIXED).marked(Mark.SHIFTED_DOWN);
  }

  /** Returns the same, but how far it was raised or lowered is no longer told. */
  Content stepless() {
    return without(Mark.RAISED, Mark.LOWERED);
  }

  private Content without(Mark... gone) {
    Set<Mark> fewer = new HashSet<>(marks);
    fewer.removeAll(Set.of(gone));
    return new Content(state, numbers, fewer);
  }

  Content marked(Mark mark) {
    if (marks.contains(mark)) {
      return this;
    }
    Set<Mark> more = EnumSet.of(mark);
    more.addAll(marks);
    return new Content(state, numbers, more);
  }

  private static <T> Set<T> union(Set<T> a, Set<T> b) {
    if (a.containsAll(b)) {
      return a;
    }
    Set<T> all = new HashSet<>(a);
    all.addAll(b);
    return all;
  }
}

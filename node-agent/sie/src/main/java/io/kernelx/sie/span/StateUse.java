// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import java.util.Comparator;
import java.util.Set;

/**
 * Something that a function does to lasting memory by a number that follows the constant.
 *
 * @param place what was read, or written
 * @param where function and offset
 */
record StateUse(Kind kind, StatePlace place, String where) implements Comparable<StateUse> {

  private static final Comparator<StateUse> ORDER =
      Comparator.comparing(StateUse::where)
          .thenComparing(StateUse::kind)
          .thenComparing(u -> u.place().toString());

  /** What is done. */
  enum Kind {
    /** One bit, or the bits from there on, that the constant names are looked at or changed. */
    BIT,
    /** The remainder, or the multiple, of what is read decides. */
    REMAINDER,
    /** The remainder of what is read is kept. */
    REMAINDER_KEPT,
    /** A position among as many as the constant says is worked out from where it leads. */
    POSITION,
    /** It is raised by the constant. */
    RAISED,
    /** It is lowered by the constant. */
    LOWERED,
    /** What is kept was shifted up by the constant, or multiplied. */
    SHIFTED_UP,
    /** What is read is shifted down by the constant, or divided. */
    SHIFTED_DOWN,
    /** What is kept there was shifted down by the constant, and does not come from there. */
    KEPT_DOWN,
    /** What is read is shifted up by the constant, or multiplied. */
    READ_UP,
    /** What was shifted up by the constant is added to it, and the sum kept there. */
    ACCUMULATED,
    /** Something, wherever it comes from, is shifted up by the constant. */
    SCALED_UP,
    /** What was shifted up by the constant gets out: stored, handed over or returned. */
    SCALED_OUT,
    /** Something, wherever it comes from, is shifted down by the constant. */
    SCALED_DOWN,
    /** The constant itself is kept. */
    MARKED,
    /** What is read is held against the constant: equal or not. */
    RECOGNISED,
    /** What is kept was worked out with the constant, and not by adding it. */
    SEALED,
    /** What is read is held against something that was worked out so: equal or not. */
    CHECKED,
    /** What is read is held against the constant: more or less. */
    LIMITED,
    /** What is read, or what comes of it, is kept elsewhere too, or returned. */
    COPIED
  }

  /** Returns whether it is done to a certain place. */
  static boolean placed(Kind kind) {
    return !Set.of(Kind.SCALED_UP, Kind.SCALED_OUT, Kind.SCALED_DOWN).contains(kind);
  }

  /** Returns the function's name. */
  String function() {
    return where.substring(0, where.lastIndexOf('+'));
  }

  /** Sorts, so that of several reasons the same one is given each time. */
  @Override
  public int compareTo(StateUse other) {
    return ORDER.compare(this, other);
  }
}

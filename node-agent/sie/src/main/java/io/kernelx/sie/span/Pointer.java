// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

/**
 * Where a value leads if it is used as an address: into what, and how far. What is added to an
 * address moves it within the same thing; what is not known to be a number or an address may be
 * either. Immutable.
 *
 * @param root what it leads into
 * @param name of the variable, or of the function whose frame it is; empty otherwise
 * @param distance bytes from the thing's start; of a number, its value
 * @param step 0 if it is just so far; else any multiple of as many bytes may have been added
 */
record Pointer(Root root, String name, long distance, long step) {

  /** What a value leads into. */
  enum Root {
    /** Nothing: it is a number. */
    NUMBER,
    /** Whatever an argument, a call's result or memory says; or it is a number after all. */
    OBJECT,
    VARIABLE,
    /** The function's own frame, for certain; the distance counts from its start. */
    FRAME,
    /** It may be any of these. */
    ANYWHERE
  }

  /** What nothing is known of yet. */
  static final Pointer FRESH = new Pointer(Root.OBJECT, "", 0, 0);

  /** A number that is not known. */
  static final Pointer SOME_NUMBER = new Pointer(Root.NUMBER, "", 0, 1);

  private static final Pointer LOST = new Pointer(Root.ANYWHERE, "", 0, 1);

  Pointer {
    step = step == Long.MIN_VALUE ? 1 : Math.abs(step);
  }

  static Pointer number(long value) {
    return new Pointer(Root.NUMBER, "", value, 0);
  }

  static Pointer variable(String name, long distance) {
    return new Pointer(Root.VARIABLE, name, distance, 0);
  }

  static Pointer frame(String function, long distance) {
    return new Pointer(Root.FRAME, function, distance, 0);
  }

  /** Returns where it leads once a number has been added. */
  Pointer moved(long by) {
    return new Pointer(root, name, distance + by, step);
  }

  /** Returns where it leads once a number has been added that is not known. */
  Pointer loosened() {
    return new Pointer(root, name, distance, 1);
  }

  /** Returns where the sum leads. */
  Pointer plus(Pointer other) {
    if (root == Root.NUMBER) {
      return new Pointer(
          other.root, other.name, distance + other.distance, common(step, other.step));
    }
    if (other.root == Root.NUMBER) {
      return other.plus(this);
    }
    if (root != Root.OBJECT && other.root != Root.OBJECT) {
      return LOST;
    }
    Pointer base = root == Root.OBJECT ? other : this; // What the other one is, an index maybe.
    return new Pointer(base.root, base.name, distance + other.distance, 1);
  }

  /** Returns where the difference leads; of two addresses, anywhere once it is added to a third. */
  Pointer minus(Pointer other) {
    return other.root == Root.NUMBER
        ? new Pointer(root, name, distance - other.distance, common(step, other.step))
        : LOST;
  }

  /** Returns the product, a number. */
  Pointer times(long factor) {
    long steps = root == Root.NUMBER ? step * factor : factor;
    return new Pointer(Root.NUMBER, "", distance * factor, steps);
  }

  /** Returns what is left in 32 bits: a number, or a variable's address, which fits. */
  Pointer narrowed() {
    return root == Root.NUMBER || root == Root.VARIABLE ? this : SOME_NUMBER;
  }

  /**
   * Returns where it leads if it may be the other one as well. The distance stays this one's, so
   * that of what a loop does again and again only the step changes.
   */
  Pointer or(Pointer other) {
    if (equals(other)) {
      return this;
    }
    if (root == other.root && name.equals(other.name)) {
      long apart = common(step, common(other.step, other.distance - distance));
      return new Pointer(root, name, distance, apart);
    }
    if (root == Root.NUMBER || other.root == Root.NUMBER) {
      return root == Root.NUMBER ? other : this; // As where a null pointer is the other way.
    }
    return LOST;
  }

  /**
   * Returns whether bytes at the one and bytes at the other may be the same. Of two objects it is
   * not known whether they are the same: they count as such.
   *
   * @param length bytes that lie here
   * @param others bytes that lie at the other
   */
  boolean meets(int length, Pointer other, int others) {
    if (root == Root.ANYWHERE || other.root == Root.ANYWHERE) {
      return true;
    }
    if (!sameThing(other)) {
      return false;
    }
    long every = common(step, other.step);
    long apart = other.distance - distance;
    if (every == 0) {
      return apart < length && -apart < others;
    }
    long up = Math.floorMod(apart, every);
    return up < length || every - up < others;
  }

  /** Returns whether they lead into the same kind of thing, in the same steps and equally far. */
  boolean alike(int length, Pointer other, int others) {
    long apart = other.distance - distance;
    return sameThing(other) && step == other.step && apart < length && -apart < others;
  }

  private boolean sameThing(Pointer other) {
    return addressed() == other.addressed() && name.equals(other.name);
  }

  /** What memory is reached by is an address, whatever it was taken for. */
  private Root addressed() {
    return root == Root.NUMBER ? Root.OBJECT : root;
  }

  private static long common(long a, long b) {
    return b == 0 ? a : common(b, a % b);
  }
}

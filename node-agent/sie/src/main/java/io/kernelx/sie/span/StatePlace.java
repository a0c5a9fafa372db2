// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

/**
 * A place of memory, as far as the code of one function tells. Which object a pointer leads to is
 * not known: two places meet if they may lie equally far into whatever it is.
 *
 * @param perCpu whether it lies in the processor's own area
 * @param pointer where it begins
 * @param length in bytes
 */
record StatePlace(boolean perCpu, Pointer pointer, int length) {

  /** No place in particular; meets none. */
  static final StatePlace NONE = new StatePlace(false, Pointer.FRESH, 0);

  /** Returns whether it lies in the function's own frame. */
  boolean own() {
    return !perCpu && pointer.root() == Pointer.Root.FRAME;
  }

  /** Returns whether it is known to the byte how far into something it lies. */
  boolean exact() {
    return pointer.step() == 0;
  }

  /** Returns whether the places may have bytes in common. */
  boolean meets(StatePlace other) {
    return there(other) && area(other) && pointer.meets(length, other.pointer, other.length);
  }

  /** Returns whether code names both places in the same way, so that they are taken for one. */
  boolean alike(StatePlace other) {
    return there(other)
        && perCpu == other.perCpu
        && pointer.alike(length, other.pointer, other.length);
  }

  private boolean there(StatePlace other) {
    return length > 0 && other.length > 0;
  }

  /** The address of the processor's own area may be what was added to a pointer. */
  private boolean area(StatePlace other) {
    return perCpu == other.perCpu || (perCpu ? other : this).pointer.step() == 1;
  }
}

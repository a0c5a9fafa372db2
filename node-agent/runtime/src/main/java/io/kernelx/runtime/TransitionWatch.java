// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

/** Follows a change of value while it happens. Called by the thread that asked for the change. */
@FunctionalInterface
public interface TransitionWatch {

  /** Looks away, and never calls off. */
  TransitionWatch NONE = report -> true;

  /**
   * Told about once a second how the change stands, and once when it has ended. What comes before,
   * such as building a module, is not part of it.
   *
   * @return whether it may go on; otherwise the value before is kept. No matter once it has ended.
   */
  boolean goesOn(TransitionReport report);
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

/** The steps after which a process may die. */
public enum Step {
  /** The node's lock is held and leftovers are gone. */
  STARTED,
  /** The live text was verified and the stub compiled. */
  PREPARED,
  /** The module is there. */
  MODULE,
  /** The constant exists, inactive. */
  CREATED,
  /** Its description is pinned. */
  DESCRIBED,
  /** Its programs are loaded and the statistics pinned. */
  PROGRAMS,
  /** One more probe is attached, inert. */
  ATTACHED,
  /** The live text was verified again. */
  REVERIFIED,
  /** A transition was begun. */
  MOVING,
  /** The value is live. */
  FLIPPED,
  /** The compiled value is live again. */
  DEACTIVATED,
  /** The probes are gone. */
  DETACHED,
  /** The constant is gone. */
  DESTROYED;

  /** Told of each step; the tests' way to end a process exactly there. */
  @FunctionalInterface
  public interface Observer {
    /** The step was just done. */
    void done(Step step);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Manner.OnStall;
import io.kernelx.runtime.Mode;

/** How a change is to happen, as the command line says it. */
final class Manners {
  private Manners() {}

  /**
   * Returns the manner of a mode.
   *
   * @param timeout as typed; null for the usual time
   * @param onStall what becomes of it when the time is over
   * @throws Failure if it is no duration
   */
  static Manner of(Mode mode, String timeout, OnStall onStall) {
    if (timeout == null) {
      return new Manner(mode, Manner.DEFAULT_TIMEOUT_MILLIS, onStall);
    }
    try {
      return new Manner(mode, Manner.millis(timeout), onStall);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, "TIMEOUT: " + e.getMessage());
    }
  }
}

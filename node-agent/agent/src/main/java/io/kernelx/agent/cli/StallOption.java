// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.Manner.OnStall;
import picocli.CommandLine.Option;

/** What becomes of a change for which tasks do not make way in time. */
final class StallOption {
  @Option(
      names = "--keep",
      description =
          "Go on without an end when the time is over; ending this command keeps the value before.")
  private boolean keep;

  OnStall onStall() {
    return keep ? OnStall.KEEP : OnStall.REVERT;
  }
}

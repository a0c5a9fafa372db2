// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.agent.node.WaitingSentence;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionWatch;

/** Says what a change waits for: after two seconds, then each time that it is twice as long. */
final class ShownTransition implements TransitionWatch {
  private final Output output;
  private long next = 2_000_000;

  ShownTransition(Output output) {
    this.output = output;
  }

  @Override
  public boolean goesOn(TransitionReport report) {
    if (!report.state().ended() && report.elapsedMicros() >= next) {
      output.progress(WaitingSentence.of(report));
      next = 2 * report.elapsedMicros();
    }
    return true;
  }
}

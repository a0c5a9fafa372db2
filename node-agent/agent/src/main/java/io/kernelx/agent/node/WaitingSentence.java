// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.State;
import java.util.stream.Collectors;

/** What a transition that takes long waits for, in one sentence. */
public final class WaitingSentence {
  private static final int NAMED = 3;

  private WaitingSentence() {}

  /** Returns the sentence. */
  public static String of(TransitionReport report) {
    String tasks = report.pending() == 1 ? "1 task" : report.pending() + " tasks";
    String what =
        report.state() == State.REVERTING
            ? tasks + " must still come out of a safe span to go back to the value before"
            : tasks + " must still come out of a safe span";
    if (report.stalled().isEmpty()) {
      return what + ".";
    }
    String named =
        report.stalled().stream()
            .limit(NAMED)
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    int more = report.stalled().size() - NAMED;
    return what + "; inside: " + named + (more > 0 ? " and " + more + " more" : "") + ".";
  }
}

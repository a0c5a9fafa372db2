// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Mode;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.Latencies;
import io.kernelx.runtime.TransitionReport.Reason;
import io.kernelx.runtime.TransitionReport.State;
import java.util.List;
import java.util.Optional;

/** A transition that has ended as a line of the readable tables, words parted by a tab. */
final class TransitionLines {
  private static final int WORDS = 13;

  private TransitionLines() {}

  static String table(int id) {
    return "transitions_" + Integer.toUnsignedString(id);
  }

  static String write(TransitionReport r) {
    return String.join(
        "\t",
        r.mode().text(),
        r.state().name(),
        r.reason().name(),
        Integer.toString(r.tasks()),
        Integer.toString(r.pending()),
        Integer.toString(r.insideFirst()),
        Integer.toString(r.stops()),
        Integer.toString(r.longestStopMicros()),
        Long.toString(r.elapsedMicros()),
        Long.toString(r.taskMicros().min()),
        Long.toString(r.taskMicros().p50()),
        Long.toString(r.taskMicros().p99()),
        Long.toString(r.taskMicros().max()));
  }

  /** Returns the transition of a line, without the tasks that held it up; empty if damaged. */
  static Optional<TransitionReport> read(String line) {
    String[] words = line.split("\t");
    if (words.length < WORDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TransitionReport(
              mode(words[0]),
              State.valueOf(words[1]),
              Reason.valueOf(words[2]),
              Integer.parseInt(words[3]),
              Integer.parseInt(words[4]),
              Integer.parseInt(words[5]),
              Integer.parseInt(words[6]),
              Integer.parseInt(words[7]),
              Long.parseLong(words[8]),
              new Latencies(
                  Long.parseLong(words[9]),
                  Long.parseLong(words[10]),
                  Long.parseLong(words[11]),
                  Long.parseLong(words[12])),
              List.of()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Mode mode(String text) {
    for (Mode mode : Mode.values()) {
      if (mode.text().equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(text);
  }
}

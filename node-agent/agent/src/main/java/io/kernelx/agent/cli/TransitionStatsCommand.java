// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.Latencies;
import io.kernelx.runtime.TransitionReport.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the transitions of a loaded constant and how long they took. */
@Command(
    name = "transition-stats",
    description = "Shows the transitions of a loaded constant and how long they took.")
final class TransitionStatsCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Parameters(index = "0", paramLabel = "ID", description = "a ConstID or a constant's name")
  private String id;

  @Mixin private OutputOption answer = new OutputOption();

  TransitionStatsCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  /**
   * The JSON shape.
   *
   * @param micros times of those that succeeded
   */
  record Answer(int constId, String constant, Latencies micros, List<TransitionReport> all) {}

  @Override
  public Integer call() {
    LoadedTunable loaded = Loaded.find(machine, id);
    List<TransitionReport> all = transitions(loaded.constId());
    Latencies whole =
        Latencies.of(
            all.stream()
                .filter(t -> t.state() == State.DONE)
                .map(TransitionReport::elapsedMicros)
                .toList());
    if (answer.json()) {
      output.json(new Answer(loaded.constId(), loaded.constant(), whole, all));
    } else {
      output.line(
          "%s (ID %d): %d transitions, min %d us, p50 %d us, p99 %d us, max %d us"
              .formatted(
                  loaded.constant(),
                  loaded.constId(),
                  all.size(),
                  whole.min(),
                  whole.p50(),
                  whole.p99(),
                  whole.max()));
      output.table(rows(all));
    }
    return ExitCode.DONE.number();
  }

  private List<TransitionReport> transitions(int constId) {
    try {
      return machine.runtime().transitions(constId);
    } catch (RuntimeRefusedException e) {
      throw Loaded.refusal(e);
    }
  }

  private static List<List<String>> rows(List<TransitionReport> all) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "MODE",
            "END",
            "REASON",
            "US",
            "TASKS",
            "PENDING",
            "INSIDE",
            "STOPS",
            "LONGEST-STOP-US",
            "TASK-MIN",
            "TASK-P50",
            "TASK-P99",
            "TASK-MAX"));
    for (TransitionReport t : all) {
      rows.add(
          List.of(
              t.mode().text(),
              t.state().name(),
              t.reason().name(),
              String.valueOf(t.elapsedMicros()),
              String.valueOf(t.tasks()),
              String.valueOf(t.pending()),
              String.valueOf(t.insideFirst()),
              String.valueOf(t.stops()),
              String.valueOf(t.longestStopMicros()),
              String.valueOf(t.taskMicros().min()),
              String.valueOf(t.taskMicros().p50()),
              String.valueOf(t.taskMicros().p99()),
              String.valueOf(t.taskMicros().max())));
    }
    return rows;
  }
}

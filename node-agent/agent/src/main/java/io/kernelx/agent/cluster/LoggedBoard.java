// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.kernelx.agent.node.NotAcknowledgedException;
import io.kernelx.agent.node.StatusBoard;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A board that logs each change of a tunable's state once it is acknowledged. For one thread. */
public final class LoggedBoard implements StatusBoard {
  private final StatusBoard board;
  private final Consumer<String> log;
  private final Map<String, String> logged = new HashMap<>();

  public LoggedBoard(StatusBoard board, Consumer<String> log) {
    this.board = board;
    this.log = log;
  }

  @Override
  public void write(NodeTuningStatus status) throws NotAcknowledgedException {
    board.write(status);
    for (TunableReport report : status.tunables()) {
      String line = line(report);
      if (!line.equals(logged.put(report.uid(), line))) {
        log.accept(line);
      }
    }
  }

  private static String line(TunableReport report) {
    StringBuilder line = new StringBuilder(report.name());
    line.append(": ").append(report.constant()).append(' ').append(report.state().text());
    if (report.observedValue() != null) {
      line.append(", the kernel runs with ").append(report.observedValue());
    }
    if (report.reason() != null) {
      line.append(" (").append(report.reason()).append(": ").append(report.message()).append(')');
    }
    return line.toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.runtime.state.AgentSeat;
import io.kernelx.runtime.state.NodeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How an agent comes to be the one of its node: it waits until any other has ended, and says so.
 */
final class SeatTaken implements AutoCloseable {
  private final AgentSeat seat;
  private final Consumer<String> log;
  private final Pause pause;
  private NodeFiles.Lock held;

  /** Between two looks. */
  @FunctionalInterface
  interface Pause {
    void second() throws InterruptedException;
  }

  SeatTaken(AgentSeat seat, Consumer<String> log, Pause pause) {
    this.seat = seat;
    this.log = log;
    this.pause = pause;
  }

  /** Returns when this process is the node's agent, which it is until this is closed. */
  SeatTaken await() throws InterruptedException {
    String who = "process %d on %s".formatted(ProcessHandle.current().pid(), host());
    boolean told = false;
    try {
      while (true) {
        Optional<NodeFiles.Lock> taken = seat.take(who);
        if (taken.isPresent()) {
          held = taken.get();
          return this;
        }
        if (!told) {
          log.accept(
              "Another agent already serves this node ("
                  + seat.holder().orElse("it is just ending")
                  + "); this one waits until that has ended. If it stays, KernelX is installed"
                  + " twice: kubectl get pods -A -l app.kubernetes.io/component=agent");
          told = true;
        }
        pause.second();
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.MISSING,
          "The agent cannot see whether another one serves this node: " + e.getMessage() + ".");
    }
  }

  @Override
  public void close() {
    try {
      held.close();
    } catch (IOException e) {
      log.accept("the agent's lock could not be given back: " + e.getMessage());
    }
  }

  /** In a pod that is the pod's name. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "this node";
    }
  }
}

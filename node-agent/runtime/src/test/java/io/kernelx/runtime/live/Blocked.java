// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A thread that sleeps inside a span, or cannot be seen not to, until its device's gate is opened.
 */
final class Blocked {
  private static final Map<Long, String> WHERE =
      Map.of(
          Mixture.GATE_A, "xk_span_gate_a",
          Mixture.DEEP_A, "xk_span_deep_a",
          Mixture.BLIND, "xk_blind_wait");

  private final CompletableFuture<Integer> tid = new CompletableFuture<>();
  private final CompletableFuture<Mixture.Reading> reading = new CompletableFuture<>();
  private final Mixture mixture;
  private final FileChannel device;

  /** Returns when the thread sleeps there. */
  Blocked(TransitionGuest guest, FileChannel device, long kind) throws Exception {
    this.mixture = guest.mixture;
    this.device = device;
    Thread thread =
        new Thread(
            () -> {
              try {
                Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
                tid.complete(Integer.parseInt(self.getFileName().toString()));
                reading.complete(guest.mixture.pass(device, kind, 0));
              } catch (IOException e) {
                tid.completeExceptionally(e);
                reading.completeExceptionally(e);
              }
            });
    thread.start();
    String where = WHERE.get(kind);
    Path stack = Path.of("/proc/self/task/" + tid() + "/stack");
    while (!Files.readString(stack).contains(where)) {
      Thread.sleep(5);
    }
  }

  int tid() {
    return tid.join();
  }

  /**
   * Opens the gate until the thread has passed it: whoever opens the device closes the gate, and
   * can have done so before the thread ran.
   */
  void release() throws IOException, InterruptedException {
    do {
      mixture.openGate(device);
      Thread.sleep(5);
    } while (!reading.isDone());
  }

  Mixture.Reading reading() {
    return reading.join();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Tasks that pass through the spans all the time, each in its own way, and the storm: processes
 * that come and go, network, memory.
 */
final class MixtureLoad implements AutoCloseable {
  private final Mixture mixture;
  private final List<Thread> threads = new ArrayList<>();
  private final Process storm;
  private volatile boolean over;

  MixtureLoad(Mixture mixture, Path programs) throws IOException {
    this.mixture = mixture;
    storm = new ProcessBuilder(programs.resolve("storm").toString()).inheritIO().start();
    start(Mixture.PASS_A, 3000, 16);
    start(Mixture.PASS_A, 1000, 8);
    start(Mixture.SPIN_A, 300, 16);
    start(Mixture.DEEP_A, 2000, 20);
    start(Mixture.PASS_B, 2000, 8);
  }

  /** Returns when they are at it. */
  void atWork() throws IOException, InterruptedException {
    int passes = Mixture.counter("passes");
    while (Mixture.counter("passes") < passes + threads.size()) {
      Thread.sleep(5);
    }
  }

  private void start(long kind, int micros, int pauseMillis) {
    Thread thread =
        new Thread(
            () -> {
              Random random = new Random(kind);
              try (FileChannel device = mixture.open()) {
                while (!over) {
                  mixture.pass(device, kind, 1 + random.nextInt(micros));
                  Thread.sleep(1 + random.nextInt(pauseMillis));
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    threads.add(thread);
    thread.start();
  }

  @Override
  public void close() {
    over = true;
    storm.destroyForcibly();
    threads.forEach(MixtureLoad::await);
  }

  private static void await(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs tasks, as many at a time as there are processors. Thread-safe. */
final class ParallelTasks implements AutoCloseable {
  private final ThreadPoolExecutor pool;

  ParallelTasks(int threads) {
    this.pool =
        new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  }

  <T> Future<T> start(Callable<T> task) {
    return pool.submit(task);
  }

  /** Runs tasks and returns their results in order; throws what the first failed one threw. */
  <T> List<T> all(List<Callable<T>> tasks) {
    List<Future<T>> started = tasks.stream().map(this::start).toList();
    return started.stream().map(ParallelTasks::result).toList();
  }

  /** Waits for a task; throws what it threw. */
  static <T> T result(Future<T> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandRunner.CommandFailedException("compilation was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("compilation failed", e.getCause());
    }
  }

  /** Drops what has not begun and waits for what has. */
  @Override
  public void close() {
    pool.getQueue().clear();
    pool.close();
  }
}

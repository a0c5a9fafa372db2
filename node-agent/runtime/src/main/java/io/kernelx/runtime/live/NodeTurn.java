// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.state.NodeFiles;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The turn to change this node's kernel: one thread of one process has it. Who waits for tasks,
 * which may take as long as the user likes, gives it away meanwhile; the kernel itself sees to it
 * that nobody else touches that constant.
 */
final class NodeTurn {
  private final ReentrantLock threads = new ReentrantLock();
  private final NodeFiles files;
  private NodeFiles.Lock processes;

  NodeTurn(NodeFiles files) {
    this.files = files;
  }

  /** What is done with the turn, or without it. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws RuntimeRefusedException, IOException;
  }

  /** Does work when it is this thread's turn. */
  <T> T take(Work<T> work) throws RuntimeRefusedException, IOException {
    threads.lock();
    try {
      processes = files.lock();
      try {
        return work.run();
      } finally {
        processes.close();
      }
    } finally {
      threads.unlock();
    }
  }

  /** Looks, while no other thread of this process changes anything. */
  <T> T look(Work<T> work) throws RuntimeRefusedException, IOException {
    threads.lock();
    try {
      return work.run();
    } finally {
      threads.unlock();
    }
  }

  /** Gives the turn away for some work, and has it again afterwards. Only who has it may. */
  <T> T aside(Work<T> work) throws RuntimeRefusedException, IOException {
    processes.close();
    threads.unlock();
    try {
      return work.run();
    } finally {
      threads.lock();
      processes = files.lock();
    }
  }
}

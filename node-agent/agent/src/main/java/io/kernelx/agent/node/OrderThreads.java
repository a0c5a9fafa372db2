// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import java.util.concurrent.Executor;

/** Where orders are carried out, and how the loop hears of it. */
public interface OrderThreads extends Executor {

  /** Says that a look is worth it. */
  void news();

  /**
   * Returns a thread for each order. They end with the process, which calls their transitions off.
   *
   * @param news run by any of them
   */
  static OrderThreads real(Runnable news) {
    return new OrderThreads() {
      @Override
      public void news() {
        news.run();
      }

      @Override
      public void execute(Runnable work) {
        Thread.ofPlatform().name("order").daemon().start(work);
      }
    };
  }
}

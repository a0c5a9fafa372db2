// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a loop when something it watches has changed. For any number of threads. */
public final class Wake {
  private final Semaphore changes = new Semaphore(0);

  /** Returns a handler that wakes the loop on every event. */
  <T> ResourceEventHandler<T> handler() {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        changes.release();
      }

      @Override
      public void onUpdate(T before, T after) {
        changes.release();
      }

      @Override
      public void onDelete(T gone, boolean unknownState) {
        changes.release();
      }
    };
  }

  /** Wakes the loop. */
  public void now() {
    changes.release();
  }

  /** Waits for a change, or until the time is over; takes all changes so far as one. */
  void await(Duration atMost) throws InterruptedException {
    if (changes.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      changes.drainPermits();
    }
  }
}

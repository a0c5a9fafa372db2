// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.OnStall;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;

/** How an order wants its change to happen. */
final class OrderManner {
  private OrderManner() {}

  /**
   * Returns the manner of an order.
   *
   * @throws RuntimeRefusedException if its time is none that can be waited
   */
  static Manner of(NodeTunable order) throws RuntimeRefusedException {
    Mode mode =
        switch (order.mode()) {
          case IMMEDIATE -> Mode.IMMEDIATE;
          case PER_TASK -> Mode.PER_TASK;
          case GLOBAL -> Mode.GLOBAL;
        };
    try {
      return new Manner(
          mode,
          order.timeout() == null ? Manner.DEFAULT_TIMEOUT_MILLIS : Manner.millis(order.timeout()),
          order.onStall() == OnStall.KEEP ? Manner.OnStall.KEEP : Manner.OnStall.REVERT);
    } catch (IllegalArgumentException e) {
      throw new RuntimeRefusedException(
          Reason.INVALID_REQUEST, "consistency.timeout: " + e.getMessage(), e);
    }
  }

  /**
   * Returns whether the order goes on trying where another one would have failed: it waits without
   * an end, and the constant is only held up.
   */
  static boolean keepsTrying(NodeTunable order, Reason reason) {
    return order.onStall() == OnStall.KEEP
        && order.mode() != ConsistencyMode.IMMEDIATE
        && (reason == Reason.STALLED || reason == Reason.CHANGED_MEANWHILE);
  }
}

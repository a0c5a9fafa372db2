// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.cluster;

import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;

/** Writes KernelTunables' status and events. */
public interface StatusWriter {

  /** Sets the status. */
  void status(KernelTunable tunable, KernelTunableStatus status);

  /** Makes an event. */
  void event(KernelTunable tunable, TunableEvent event);

  /**
   * Something worth telling.
   *
   * @param warning whether someone should look
   * @param reason one word
   * @param message one sentence
   */
  record TunableEvent(boolean warning, String reason, String message) {}
}

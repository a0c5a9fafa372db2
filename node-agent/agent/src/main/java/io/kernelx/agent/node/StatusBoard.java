// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTuningStatus;

/** Where a node's status is written. */
@FunctionalInterface
public interface StatusBoard {

  /**
   * Writes the status and returns when the API server has acknowledged it.
   *
   * @throws NotAcknowledgedException if it is not certain that the status stands
   */
  void write(NodeTuningStatus status) throws NotAcknowledgedException;
}

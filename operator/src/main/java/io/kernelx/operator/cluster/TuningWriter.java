// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.cluster;

import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.operator.observe.NodeFacts;
import java.util.Optional;

/** Writes NodeTunings. Each order is written by itself, so that tunables do not contend. */
public interface TuningWriter {

  /** Makes the NodeTuning of a node, owned by the Node. */
  void create(NodeFacts node);

  /**
   * Sets or removes one tunable's order.
   *
   * @param tuning the NodeTuning as it is
   * @param uid the tunable
   * @param order its order; empty to remove it
   */
  void order(NodeTuning tuning, String uid, Optional<NodeTunable> order);

  /** Deletes a NodeTuning that nothing needs, unless it has changed since. */
  void delete(NodeTuning tuning);
}

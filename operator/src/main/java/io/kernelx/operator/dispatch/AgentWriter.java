// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.Optional;

/** Reads and writes what belongs to the agents' DaemonSet. */
public interface AgentWriter {

  /** Returns the DaemonSet as the cache has it. */
  Optional<DaemonSet> current();

  /** Returns a reference to the operator's own Deployment; empty when it runs outside of one. */
  Optional<OwnerReference> owner();

  /** Makes or changes the DaemonSet. */
  void write(DaemonSet agents);

  /** Deletes the DaemonSet. */
  void delete();
}

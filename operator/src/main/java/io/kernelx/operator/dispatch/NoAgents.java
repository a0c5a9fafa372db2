// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.Optional;

/** For clusters where agents are started by other means. */
public final class NoAgents implements AgentWriter {

  @Override
  public Optional<DaemonSet> current() {
    return Optional.empty();
  }

  @Override
  public Optional<OwnerReference> owner() {
    return Optional.empty();
  }

  @Override
  public void write(DaemonSet agents) {}

  @Override
  public void delete() {}
}

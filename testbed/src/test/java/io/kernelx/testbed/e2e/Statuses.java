// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.fabric8.kubernetes.api.model.Condition;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import java.util.Optional;

/** Reads conditions out of a tunable's status. */
final class Statuses {

  private Statuses() {}

  static Optional<Condition> condition(KernelTunableStatus status, String type) {
    return status.conditions() == null
        ? Optional.empty()
        : status.conditions().stream().filter(c -> c.getType().equals(type)).findFirst();
  }

  static boolean is(KernelTunableStatus status, String type, String value) {
    return condition(status, type).map(c -> c.getStatus().equals(value)).orElse(false);
  }

  static boolean is(KernelTunableStatus status, String type, String value, String reason) {
    return condition(status, type)
        .map(c -> c.getStatus().equals(value) && c.getReason().equals(reason))
        .orElse(false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.KernelTunable;

/** Looks at the cluster from one tunable's point of view. */
public interface Observer {

  /**
   * Returns what concerns {@code tunable}.
   *
   * @param constant the constant's name; empty when it is not known
   */
  Observation observe(KernelTunable tunable, String constant);
}

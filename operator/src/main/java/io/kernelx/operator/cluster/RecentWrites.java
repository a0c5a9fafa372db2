// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Is told of what was written, so that caches need not wait for the watch. */
public interface RecentWrites {

  /**
   * Something was written.
   *
   * @param written what the API server answered
   * @param before what the writer had seen; null if it made the resource
   */
  void wrote(HasMetadata written, HasMetadata before);
}

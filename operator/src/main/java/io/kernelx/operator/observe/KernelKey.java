// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.NodeTuningStatus;
import java.util.Optional;

/**
 * A kernel that plans are made for.
 *
 * @param release as {@code uname -r} has it
 * @param buildId hexadecimal
 */
public record KernelKey(String release, String buildId) implements Comparable<KernelKey> {

  /** Returns the kernel that an agent reports; empty until it has reported one. */
  public static Optional<KernelKey> of(NodeTuningStatus status) {
    if (status == null || status.kernel() == null) {
      return Optional.empty();
    }
    var kernel = status.kernel();
    if (isBlank(kernel.release()) || isBlank(kernel.buildId())) {
      return Optional.empty();
    }
    return Optional.of(new KernelKey(kernel.release(), kernel.buildId()));
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  @Override
  public int compareTo(KernelKey other) {
    int byRelease = release.compareTo(other.release);
    return byRelease != 0 ? byRelease : buildId.compareTo(other.buildId);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.cluster;

import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import java.util.Optional;

/** Writes KernelBuilds. */
public interface BuildWriter {

  /**
   * Makes or changes a KernelBuild.
   *
   * @param name its name
   * @param existing as it was when {@code spec} was decided; a write in between makes this one fail
   * @param spec as it shall be
   */
  void spec(String name, Optional<KernelBuild> existing, KernelBuildSpec spec);

  /** Deletes a KernelBuild as it was seen; its reports go with it. */
  void delete(KernelBuild build);

  /** Sets a KernelBuild's status. */
  void status(KernelBuild build, KernelBuildStatus status);
}

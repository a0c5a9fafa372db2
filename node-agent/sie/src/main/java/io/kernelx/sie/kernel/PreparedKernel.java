// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.KernelIdentity;
import java.nio.file.Path;
import java.util.Map;

/**
 * A kernel whose units can be compiled.
 *
 * @param identity source, configuration and compiler
 * @param tree the source tree; never written to
 * @param build the build folder with the generated headers
 * @param compiler the compiler's command
 * @param environment what kbuild's top Makefile gives to the others
 */
public record PreparedKernel(
    KernelIdentity identity,
    Path tree,
    Path build,
    String compiler,
    Map<String, String> environment) {

  public PreparedKernel {
    environment = Map.copyOf(environment);
  }
}

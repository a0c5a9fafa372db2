// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.KernelIdentity;
import java.nio.file.Path;

/**
 * A kernel's source, configuration and compiler, found and matching.
 *
 * @param identity what a plan says of them
 * @param tree the source tree; never written to
 * @param config the configuration file
 * @param compiler the compiler's command
 */
public record LocatedKernel(KernelIdentity identity, Path tree, Path config, String compiler) {}

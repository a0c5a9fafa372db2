// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which kernel is wanted, and what the caller knows about it.
 *
 * @param release as {@code uname -r} prints it
 * @param kernelDir a source tree to use instead of the distribution's
 * @param config a configuration file to use instead of the kernel's own
 * @param packageVersion the kernel package's version, such as {@code 6.12.117-1~deb12u1}, if known;
 *     the source package must then have the same
 */
public record KernelRequest(
    String release,
    Optional<Path> kernelDir,
    Optional<Path> config,
    Optional<String> packageVersion) {

  /** Asks for a kernel by its release alone. */
  public static KernelRequest of(String release) {
    return new KernelRequest(release, Optional.empty(), Optional.empty(), Optional.empty());
  }
}

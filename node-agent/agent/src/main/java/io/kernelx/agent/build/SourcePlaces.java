// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where kernels' sources and configurations are looked for.
 *
 * @param tree a source tree to use for every kernel
 * @param config a configuration file to use for every kernel
 * @param packages folders with Debian packages, or with what was unpacked from them
 * @param cache where downloads, trees and objects are kept
 * @param download whether packages that are found nowhere are fetched from the Debian archive
 */
public record SourcePlaces(
    Optional<Path> tree, Optional<Path> config, List<Path> packages, Path cache, boolean download) {

  public SourcePlaces {
    packages = List.copyOf(packages);
  }
}

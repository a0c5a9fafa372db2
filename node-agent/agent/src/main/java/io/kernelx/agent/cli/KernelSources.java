// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.agent.build.SourcePlaces;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say where kernels' sources and configurations are. */
final class KernelSources {
  @Option(
      names = "--kernel-dir",
      paramLabel = "DIR",
      description = "An unpacked source tree; never written to.")
  private Path tree;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The kernel's configuration; by default /boot/config-RELEASE.")
  private Path config;

  @Option(
      names = "--kernel-packages",
      paramLabel = "DIR",
      description =
          "A folder with Debian's packages of kernels and their sources, or with what was unpacked"
              + " from them.")
  private List<Path> packages = List.of();

  @Option(
      names = "--no-download",
      description = "Do not fetch packages from the Debian archive that are found nowhere else.")
  private boolean noDownload;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Where prepared trees and objects are kept; by default $KERNELX_CACHE or"
              + " ~/.cache/kernelx.")
  private Path cache;

  SourcePlaces places(Path usualCache) {
    return new SourcePlaces(
        Optional.ofNullable(tree),
        Optional.ofNullable(config),
        packages,
        cache == null ? usualCache : cache,
        !noDownload);
  }
}

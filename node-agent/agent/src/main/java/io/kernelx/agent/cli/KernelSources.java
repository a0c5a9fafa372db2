// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that say where kernels' sources and configurations are. */
final class KernelSources {
  @Option(
      names = "--kernel-dir",
      paramLabel = "DIR",
      description = "An unpacked source tree; never written to.")
  Path tree;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The kernel's configuration; by default /boot/config-RELEASE.")
  Path config;

  @Option(
      names = "--kernel-packages",
      paramLabel = "DIR",
      description = "Debian packages of kernels and their sources, or trees unpacked from them.")
  List<Path> packages = List.of();

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      defaultValue = "${env:KERNELX_CACHE}",
      description =
          "Where prepared trees and objects are kept; by default $KERNELX_CACHE or"
              + " ~/.cache/kernelx.")
  Path cache;
}

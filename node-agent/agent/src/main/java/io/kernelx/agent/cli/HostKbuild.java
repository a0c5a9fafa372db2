// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives the container the host's kbuild programs: Debian's headers point to {@code
 * /usr/lib/linux-kbuild-*}, and the container's own {@code /usr/lib} must stay its own.
 */
final class HostKbuild {
  private HostKbuild() {}

  /**
   * Links each {@code linux-kbuild-*} of one folder into the other. Nothing to link is no error:
   * what then lacks is named when the runtime looks for it.
   */
  static void link(Path host, Path own) {
    if (!Files.isDirectory(host)) {
      return;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(host, "linux-kbuild-*")) {
      for (Path kbuild : found) {
        Path link = own.resolve(kbuild.getFileName());
        if (!Files.exists(link)) {
          Files.deleteIfExists(link);
          Files.createSymbolicLink(link, kbuild);
        }
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.MISSING,
          "The host's kbuild programs cannot be linked into %s (%s); the container's root must be writable."
              .formatted(own, e.getMessage()));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.kernelx.testbed.ClusterNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * The kernel modules that a node has built, kept for the nodes of the next run: the agent finds
 * them by kernel and sources, as it does after a restart, and a node needs minutes to build them.
 */
final class KeptModules {

  private KeptModules() {}

  /** Keeps a node's modules in {@code KERNELX_TESTBED_NODE_CACHE}, if that is set. */
  static void of(ClusterNode node) {
    String cache = System.getenv("KERNELX_TESTBED_NODE_CACHE");
    if (cache == null || cache.isBlank()) {
      return;
    }
    // Those of the newest sources only, and nothing of a build that was broken off.
    byte[] packed =
        Base64.getMimeDecoder()
            .decode(
                node.shell(
                    "cd /var/lib/kernelx && tar -czf - $(ls -dt modules/*/ | head -n 4) | base64"));
    try {
      Path folder = Files.createDirectories(Path.of(cache, node.name()));
      Path tar = Files.write(Files.createTempFile("modules", ".tgz"), packed);
      try {
        String replace = "rm -rf \"$0/modules\" && tar -C \"$0\" -xzf \"$1\"";
        Process unpack =
            new ProcessBuilder("sh", "-c", replace, folder.toString(), tar.toString())
                .inheritIO()
                .start();
        if (unpack.waitFor() != 0) {
          throw new IllegalStateException("the modules of " + node.name() + " were not unpacked");
        }
      } finally {
        Files.delete(tar);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("the modules of " + node.name() + " were not kept", e);
    }
  }
}

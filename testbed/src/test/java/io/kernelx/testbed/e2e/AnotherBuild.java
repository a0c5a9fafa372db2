// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.kernelx.testbed.ClusterNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Makes the xk-kfuncs that a node has loaded another build than the one that its agent keeps, as
 * after an upgrade of the agent: the kept one gets another build-id. All else of it stays, so later
 * boots may load it.
 */
final class AnotherBuild {

  private static final String LOADED = "/sys/module/xk_kfuncs/notes/.note.gnu.build-id";
  private static final String KEPT = "/var/lib/kernelx/modules/*/xk-kfuncs.ko";

  private AnotherBuild() {}

  /** Acts on a node whose xk-kfuncs is loaded and kept. */
  static void of(ClusterNode node) {
    String note = bytes(node, LOADED);
    int changed = 0;
    for (String file : node.shell("ls " + KEPT).lines().toList()) {
      int at = bytes(node, file).indexOf(note);
      if (at >= 0) {
        int end = at + note.length() - 1;
        String last = note.endsWith("x") ? "y" : "x";
        node.shell(
            "printf %s | dd of=%s bs=1 seek=%d conv=notrunc status=none"
                .formatted(last, file, end));
        changed++;
      }
    }
    if (changed != 1) {
      throw new IllegalStateException(
          "the xk-kfuncs that %s has loaded is kept %d times".formatted(node.name(), changed));
    }
  }

  private static String bytes(ClusterNode node, String file) {
    byte[] bytes = Base64.getMimeDecoder().decode(node.shell("base64 " + file));
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}

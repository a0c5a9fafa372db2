// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over several parts, each set off by its length. */
final class Digests {
  private final MessageDigest sha;

  private Digests() {
    try {
      this.sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the Java runtime lacks SHA-256", e);
    }
  }

  static String ofTexts(String... parts) {
    Digests digests = new Digests();
    for (String part : parts) {
      digests.add(part.getBytes(StandardCharsets.UTF_8));
    }
    return digests.hex();
  }

  static String ofFile(Path file) throws IOException {
    Digests digests = new Digests();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digests.sha.update(buffer, 0, n);
      }
    }
    return digests.hex();
  }

  private void add(byte[] part) {
    sha.update((part.length + ":").getBytes(StandardCharsets.UTF_8));
    sha.update(part);
  }

  private String hex() {
    return HexFormat.of().formatHex(sha.digest());
  }
}

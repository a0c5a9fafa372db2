// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A digest under which a built file is kept: over everything that it is built from. */
public final class Digests {
  private static final int LENGTH = 16;

  private final MessageDigest digest;

  public Digests() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes in a text. */
  public Digests with(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(HexFormat.of().toHexDigits(bytes.length).getBytes(StandardCharsets.US_ASCII));
    digest.update(bytes);
    return this;
  }

  /** Takes in the names and contents of a folder's files, not of those beneath it. */
  public Digests withFolder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> stream = Files.list(folder)) {
      files = stream.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      with(file.getFileName().toString());
      with(Files.readString(file, StandardCharsets.ISO_8859_1));
    }
    return this;
  }

  /** Returns the digest's first {@value #LENGTH} hex digits. */
  public String name() {
    return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads files of a source tree; each once. Bytes stand for characters one to one. Thread-safe. */
final class SourceTree {
  private final Path root;
  private final Map<String, Optional<SourceLines>> lines = new ConcurrentHashMap<>();

  SourceTree(Path root) {
    this.root = root;
  }

  /** Returns a file's lines, or empty if the tree has no such file. */
  Optional<SourceLines> lines(String file) {
    return lines.computeIfAbsent(
        file,
        name ->
            Files.isRegularFile(root.resolve(name))
                ? Optional.of(new SourceLines(text(name)))
                : Optional.empty());
  }

  String text(String file) {
    try {
      return Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException("%s cannot be read".formatted(root.resolve(file)), e);
    }
  }
}

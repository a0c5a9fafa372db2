// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel's configuration.
 *
 * @param version the version that the head of the file names, if it does
 * @param options what is set, by name; an option that is not set is not there
 */
record KernelConfig(Optional<String> version, Map<String, String> options) {
  private static final Pattern HEAD = Pattern.compile("# Linux/\\S+ (\\d+\\.\\d+\\S*) Kernel.*");
  private static final String COMPILER = "CONFIG_CC_VERSION_TEXT";

  /** What describes the build machine or the packaging, not the code. */
  private static final Pattern VOLATILE =
      Pattern.compile(
          "CONFIG_(?:(?:CLANG|AS|LD|LLD|PAHOLE|RUSTC|RUSTC_LLVM|BINDGEN)_VERSION(?:_TEXT)?"
              + "|RUSTC_HAS_\\w+|PAHOLE_HAS_\\w+|BUILD_SALT|MODULE_SIG_ALL|MODULE_SIG_KEY"
              + "|SYSTEM_TRUSTED_KEYS|SYSTEM_REVOCATION_KEYS|CC_VERSION_TEXT)");

  KernelConfig {
    options = Map.copyOf(options);
  }

  static KernelConfig read(Path file) throws IOException {
    Optional<String> version = Optional.empty();
    Map<String, String> options = new TreeMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      int equals = line.indexOf('=');
      Matcher head = HEAD.matcher(line);
      if (line.startsWith("CONFIG_") && equals > 0) {
        options.put(line.substring(0, equals), line.substring(equals + 1));
      } else if (version.isEmpty() && head.matches()) {
        version = Optional.of(head.group(1));
      }
    }
    return new KernelConfig(version, options);
  }

  /** Returns the first line of the version text of the compiler that the kernel was built with. */
  Optional<String> compiler() {
    return Optional.ofNullable(options.get(COMPILER))
        .filter(text -> text.length() > 2 && text.startsWith("\"") && text.endsWith("\""))
        .map(text -> text.substring(1, text.length() - 1));
  }

  /**
   * Returns {@code sha256:<hex>} over the options that decide what code there is; the same for
   * every file in which the distribution ships the configuration.
   */
  String digest() {
    List<String> lines = new ArrayList<>();
    new TreeMap<>(options)
        .forEach(
            (name, value) -> {
              if (!VOLATILE.matcher(name).matches()) {
                lines.add(name + "=" + value);
              }
            });
    return "sha256:" + Digests.ofTexts(lines.toArray(String[]::new));
  }

  /** Returns a sentence for each option that decides about code and differs in {@code other}. */
  List<String> differences(KernelConfig other) {
    Set<String> names = new TreeSet<>(options.keySet());
    names.addAll(other.options.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String wanted = options.getOrDefault(name, "n");
      String found = other.options.getOrDefault(name, "n");
      if (!VOLATILE.matcher(name).matches() && !wanted.equals(found)) {
        differences.add("%s is %s, here %s".formatted(name, wanted, found));
      }
    }
    return differences;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Source trees: found, unpacked once, and named by a digest. */
final class SourceStore {
  private static final String VIEW = "linux";
  private static final Duration UNPACKING = Duration.ofMinutes(10);

  /**
   * @param tree the folder with the kernel's Makefile
   * @param digest {@code sha256:<hex>} of the packed source, or of the tree's source files
   */
  record Source(Path tree, String digest) {}

  private final Path cache;
  private final CommandRunner runner;
  private final Progress progress;

  SourceStore(Path cache, CommandRunner runner, Progress progress) {
    this.cache = cache;
    this.runner = runner;
    this.progress = progress;
  }

  /** Returns the version that a tree's Makefile names, or an empty text. */
  static String version(Path tree) throws IOException {
    Path makefile = tree.resolve("Makefile");
    if (!Files.isRegularFile(makefile)) {
      return "";
    }
    List<String> numbers = new ArrayList<>();
    try (Stream<String> lines = Files.lines(makefile, StandardCharsets.ISO_8859_1)) {
      List<String> head = lines.limit(8).toList();
      for (String key : List.of("VERSION", "PATCHLEVEL", "SUBLEVEL")) {
        head.stream()
            .filter(line -> line.matches(key + "\\s*=.*"))
            .map(line -> line.substring(line.indexOf('=') + 1).strip())
            .forEach(numbers::add);
      }
    }
    return String.join(".", numbers);
  }

  /** Returns the version of an installed Debian package, if the root has a package database. */
  static Optional<String> installedVersion(Path root, String name) throws IOException {
    Path status = root.resolve("var/lib/dpkg/status");
    if (!Files.isReadable(status)) {
      return Optional.empty();
    }
    String text = Files.readString(status, StandardCharsets.ISO_8859_1);
    Matcher matcher =
        Pattern.compile("(?m)^Package: " + Pattern.quote(name) + "$(?:\\n.+)*?\\nVersion: (\\S+)")
            .matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Returns a tree that the user named; a view of it if something was built in it. */
  Source given(Path tree) throws IOException {
    progress.begins("reading the source tree " + tree);
    TreeListing listing = TreeListing.of(tree);
    String key = Digests.ofTexts(tree.toString(), listing.state());
    String digest = "sha256:" + remembered(key, () -> contentDigest(listing));
    return new Source(listing.builtIn() ? view(listing, key) : tree, digest);
  }

  private Path view(TreeListing listing, String state) {
    String key = Digests.ofTexts(state, listing.products().toString());
    return CacheEntry.get(
            cache.resolve("views/" + key), folder -> listing.link(folder.resolve(VIEW)))
        .resolve(VIEW);
  }

  private static String contentDigest(TreeListing listing) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : listing.sources().keySet()) {
      String content = Digests.ofFile(listing.tree().resolve(file));
      all.append(file).append(' ').append(content).append('\n');
    }
    return Digests.ofTexts(all.toString());
  }

  /** Returns the distribution's source below a root, if it is of that version. */
  Optional<Source> find(Path root, String name, String version) throws IOException {
    Path folder = root.resolve("usr/src/" + name);
    if (version(folder).equals(version)) {
      return Optional.of(given(folder));
    }
    for (String suffix : List.of(".tar.xz", ".tar.zst", ".tar.gz")) {
      Path packed = root.resolve("usr/src/" + name + suffix);
      if (Files.isReadable(packed)) {
        String digest = packedDigest(packed);
        Path tree =
            CacheEntry.get(cache.resolve("source/" + digest), target -> unpack(packed, target))
                .resolve(name);
        if (version(tree).equals(version)) {
          return Optional.of(new Source(tree, "sha256:" + digest));
        }
      }
    }
    return Optional.empty();
  }

  private String packedDigest(Path packed) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(packed, BasicFileAttributes.class);
    String key =
        Digests.ofTexts(
            packed.toString(),
            Long.toString(attributes.size()),
            attributes.lastModifiedTime().toString());
    return remembered(key, () -> Digests.ofFile(packed));
  }

  private interface Digest {
    String make() throws IOException;
  }

  private String remembered(String key, Digest digest) throws IOException {
    Path file = cache.resolve("digests/" + key);
    if (Files.exists(file)) {
      return Files.readString(file);
    }
    String made = digest.make();
    CacheEntry.writeWhole(file, made.getBytes(StandardCharsets.UTF_8));
    return made;
  }

  private void unpack(Path packed, Path target) {
    progress.begins("unpacking " + packed);
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(
                List.of("tar", "-xf", packed.toString(), "--no-same-owner"),
                target,
                BuildEnvironment.CLEAN,
                new byte[0],
                UNPACKING));
    if (result.exit() != 0) {
      throw new RefusedException(
          Reason.SOURCE_NOT_FOUND,
          "%s could not be unpacked: %s"
              .formatted(packed, result.errorText().lines().findFirst().orElse("tar failed")));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's kernel packages as folders that are laid out like a root. Each package is unpacked once;
 * of an image only its configuration, since the rest is of no use to a compiler.
 */
final class DebianPackages {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final Pattern SERIES = Pattern.compile("(\\d+\\.\\d+)\\..*");

  private final Path cache;
  private final Consumer<String> progress;

  DebianPackages(Path cache, Consumer<String> progress) {
    this.cache = cache.resolve("debian");
    this.progress = progress;
  }

  /** Returns the roots that a folder holds: itself, its folders, its packages unpacked. */
  List<Path> roots(Path folder) throws IOException, InterruptedException {
    List<Path> roots = new ArrayList<>();
    if (isRoot(folder)) {
      roots.add(folder);
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (Files.isDirectory(entry) && isRoot(entry)) {
          roots.add(entry);
        } else if (entry
            .getFileName()
            .toString()
            .matches("linux-(image|source|headers)-.*\\.deb")) {
          roots.add(unpacked(entry));
        }
      }
    }
    return roots;
  }

  private static boolean isRoot(Path folder) {
    return Files.isDirectory(folder.resolve("boot"))
        || Files.isDirectory(folder.resolve("usr/src"));
  }

  /**
   * Fetches configuration and source of a kernel from the archive that apt is set up for.
   *
   * @return the roots; empty when this machine has no apt, or the archive no such packages
   */
  List<Path> download(String release) throws IOException, InterruptedException {
    Matcher series = SERIES.matcher(release);
    if (!series.matches()) {
      return List.of();
    }
    Optional<Path> image = fetched("linux-image-" + release, "");
    if (image.isEmpty()) {
      return List.of();
    }
    String version = Files.readString(image.get().resolve("version")).strip();
    Optional<Path> source = fetched("linux-source-" + series.group(1), "=" + version);
    return source.map(s -> List.of(image.get(), s)).orElse(List.of(image.get()));
  }

  private Optional<Path> fetched(String name, String version)
      throws IOException, InterruptedException {
    Path kept = cache.resolve(name + version.replace('=', '_'));
    if (Files.isDirectory(kept)) {
      return Optional.of(kept);
    }
    progress.accept("downloading " + name + version);
    Files.createDirectories(cache);
    Path work = Files.createTempDirectory(cache, ".download");
    try {
      boolean got =
          run(
              work,
              List.of(
                  "apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", name + version));
      Optional<Path> deb = got ? single(work) : Optional.empty();
      if (deb.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(unpack(deb.get(), kept));
    } finally {
      delete(work);
    }
  }

  private static Optional<Path> single(Path folder) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.deb")) {
      for (Path deb : found) {
        return Optional.of(deb);
      }
    }
    return Optional.empty();
  }

  private Path unpacked(Path deb) throws IOException, InterruptedException {
    Path kept = cache.resolve(deb.getFileName().toString().replaceFirst("\\.deb$", ""));
    return Files.isDirectory(kept) ? kept : unpack(deb, kept);
  }

  private Path unpack(Path deb, Path kept) throws IOException, InterruptedException {
    progress.accept("unpacking " + deb.getFileName());
    Files.createDirectories(cache);
    Path work = Files.createTempDirectory(cache, ".unpack");
    boolean image = deb.getFileName().toString().startsWith("linux-image-");
    String only = image ? " --wildcards './boot/config-*'" : "";
    String script =
        "dpkg-deb -f \"$1\" Version >version && dpkg-deb --fsys-tarfile \"$1\" | tar -x" + only;
    boolean done =
        run(work, List.of("bash", "-o", "pipefail", "-c", script, "unpack", deb.toString()));
    if (!done) {
      delete(work);
      throw new IOException(deb + " cannot be unpacked; is it a Debian package?");
    }
    try {
      Files.move(work, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      delete(work);
      if (!Files.isDirectory(kept)) {
        throw e;
      }
    }
    return kept;
  }

  private static boolean run(Path folder, List<String> command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the source, configuration and compiler of a kernel.
 *
 * <ol>
 *   <li>Configuration: the request's, else {@code boot/config-R}, {@code
 *       lib/modules/R/build/.config}, {@code usr/src/linux-headers-R/.config}, else {@code .config}
 *       of the request's tree. Its head names the version that the kernel was built from.
 *   <li>Source: the request's tree, else {@code usr/src/linux-source-X.Y} of the same version,
 *       unpacked or packed. The tree's Makefile must name the version that the configuration names.
 *   <li>Compiler: the command in {@code CONFIG_CC_VERSION_TEXT}, which must answer with that text.
 * </ol>
 */
public final class KernelLocator {
  private static final Pattern RELEASE = Pattern.compile("(\\d+\\.\\d+(\\.\\d+)?).*");
  private static final Duration ASKING = Duration.ofSeconds(30);

  private final HostPaths paths;
  private final CommandRunner runner;
  private final SourceStore sources;

  public KernelLocator(HostPaths paths, CommandRunner runner, Progress progress) {
    this.paths = paths;
    this.runner = runner;
    this.sources = new SourceStore(paths.cache(), runner, progress);
  }

  /**
   * Finds what belongs to a kernel; unpacks the source if that was not done before.
   *
   * @throws RefusedException {@code SourceNotFound}, {@code CompilerMismatch}
   */
  public LocatedKernel locate(KernelRequest request) {
    try {
      Path config = config(request);
      KernelConfig content = KernelConfig.read(config);
      String version = content.version().orElseGet(() -> version(request.release()));
      String compilerText = content.compiler().orElseThrow(() -> namesNoCompiler(config));
      String compiler = compiler(compilerText);
      SourceStore.Source source = source(request, version);
      KernelIdentity identity =
          new KernelIdentity(request.release(), source.digest(), content.digest(), compilerText);
      return new LocatedKernel(identity, source.tree(), config, compiler);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the files of kernel %s cannot be read".formatted(request.release()), e);
    }
  }

  private Path config(KernelRequest request) {
    if (request.config().isPresent()) {
      return existing(request.config().get(), "configuration", request);
    }
    String release = request.release();
    Stream<Path> ofTree = request.kernelDir().stream().map(tree -> tree.resolve(".config"));
    Stream<Path> ofSystem =
        paths.roots().stream()
            .flatMap(
                root ->
                    Stream.of(
                        root.resolve("boot/config-" + release),
                        root.resolve("lib/modules/" + release + "/build/.config"),
                        root.resolve("usr/lib/modules/" + release + "/build/.config"),
                        root.resolve("usr/src/linux-headers-" + release + "/.config")));
    return Stream.concat(ofSystem, ofTree)
        .filter(Files::isRegularFile)
        .map(path -> path.toAbsolutePath().normalize())
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.SOURCE_NOT_FOUND,
                    "no configuration of kernel %s was found; install linux-image-%s or linux-headers-%s, or give one with --config"
                        .formatted(release, release, release)));
  }

  private static Path existing(Path path, String what, KernelRequest request) {
    if (!Files.exists(path)) {
      throw new RefusedException(
          Reason.SOURCE_NOT_FOUND,
          "the %s %s for kernel %s does not exist; name another"
              .formatted(what, path, request.release()));
    }
    return path.toAbsolutePath().normalize();
  }

  private static String version(String release) {
    Matcher matcher = RELEASE.matcher(release);
    return matcher.matches() ? matcher.group(1) : release;
  }

  private static RefusedException namesNoCompiler(Path config) {
    return new RefusedException(
        Reason.CONFIGURATION_MISMATCH,
        "%s does not name the kernel's compiler (CONFIG_CC_VERSION_TEXT); give the kernel's own configuration"
            .formatted(config));
  }

  private String compiler(String text) {
    String command = text.split(" ", 2)[0];
    if (!command.matches("[A-Za-z0-9_.+-]+")) {
      throw new RefusedException(
          Reason.COMPILER_MISMATCH,
          "the configuration names no compiler that can be run: \"%s\"".formatted(text));
    }
    String found = firstLine(command);
    if (!found.equals(text)) {
      throw new RefusedException(
          Reason.COMPILER_MISMATCH,
          "the kernel was compiled by \"%s\", but %s; install that version (Debian: %s)"
              .formatted(
                  text,
                  found.isEmpty() ? command + " is not installed" : "here is \"" + found + "\"",
                  command.replaceFirst("^x86_64-linux-gnu-", "")));
    }
    return command;
  }

  private String firstLine(String command) {
    try {
      return runner
          .run(
              new CommandRunner.Command(
                  List.of(command, "--version"),
                  Path.of("/"),
                  BuildEnvironment.CLEAN,
                  new byte[0],
                  ASKING))
          .outputText()
          .lines()
          .findFirst()
          .orElse("");
    } catch (CommandRunner.CommandFailedException e) {
      return "";
    }
  }

  private SourceStore.Source source(KernelRequest request, String version) throws IOException {
    if (request.kernelDir().isPresent()) {
      Path tree = existing(request.kernelDir().get(), "source tree", request);
      String found = SourceStore.version(tree);
      if (!found.equals(version)) {
        throw new RefusedException(
            Reason.SOURCE_NOT_FOUND,
            "%s holds Linux %s, but kernel %s was built from %s; name a tree of that version"
                .formatted(
                    tree, found.isEmpty() ? "of no version" : found, request.release(), version));
      }
      return sources.given(tree);
    }
    String wanted = request.packageVersion().orElse(version);
    String[] numbers = version.split("\\.");
    String name = "linux-source-" + numbers[0] + "." + (numbers.length > 1 ? numbers[1] : "0");
    StringBuilder seen = new StringBuilder();
    for (Path root : paths.roots()) {
      Optional<String> installed = SourceStore.installedVersion(root, name);
      boolean other =
          installed.isPresent()
              && !(request.packageVersion().isPresent()
                  ? installed.get().equals(wanted)
                  : installed.get().startsWith(version + "-"));
      if (other) {
        seen.append(" (installed is ").append(installed.get()).append(')');
        continue;
      }
      Optional<SourceStore.Source> source = sources.find(root, name, version);
      if (source.isPresent()) {
        return source.get();
      }
    }
    throw new RefusedException(
        Reason.SOURCE_NOT_FOUND,
        "no source of Linux %s for kernel %s was found%s; install %s in version %s, or give a tree with --kernel-dir"
            .formatted(version, request.release(), seen, name, wanted));
  }
}

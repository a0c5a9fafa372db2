// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a kernel's build folder, once per source, configuration and compiler. It holds every
 * generated header that units include; the tools that kbuild's {@code prepare} adds for linking are
 * left out, they take most of its time.
 */
public final class KernelPreparer {
  /** Part of the cache key; changes when preparation does. */
  private static final String GENERATION = "2";

  private static final Duration LIMIT = Duration.ofMinutes(20);

  private static final Set<String> MAKE_INTERNALS =
      Set.of(
          "MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL", "O", "PWD", "OLDPWD", "_", "SHLVL");

  private final Path cache;
  private final CommandRunner runner;
  private final Progress progress;

  public KernelPreparer(Path cache, CommandRunner runner, Progress progress) {
    this.cache = cache;
    this.runner = runner;
    this.progress = progress;
  }

  /**
   * Returns the kernel prepared; takes about ten seconds of two processors the first time.
   *
   * @throws RefusedException {@code ConfigurationMismatch} if the configuration does not belong to
   *     the source, {@code CompilationFailed} if kbuild fails
   */
  public PreparedKernel prepare(LocatedKernel located) {
    String key =
        Digests.ofTexts(
            GENERATION,
            located.identity().release(),
            located.identity().sourceDigest(),
            located.identity().configDigest(),
            located.identity().compiler(),
            located.tree().toString());
    Path folder = CacheEntry.get(cache.resolve("kernels/" + key), f -> make(located, f));
    try {
      return new PreparedKernel(
          located.identity(),
          located.tree(),
          folder.resolve("build"),
          located.compiler(),
          environment(Files.readString(folder.resolve("environment"))));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the prepared kernel in %s cannot be read".formatted(folder), e);
    }
  }

  private void make(LocatedKernel located, Path folder) throws IOException {
    Path build = Files.createDirectory(folder.resolve("build"));
    Path config = build.resolve(".config");
    Files.copy(located.config(), config);
    progress.begins("configuring " + located.identity().release());
    kbuild(located, build, List.of("olddefconfig"));
    compare(located, KernelConfig.read(located.config()), KernelConfig.read(config));
    progress.begins("preparing " + located.identity().release());
    kbuild(located, build, List.of("prepare0"));
    Path environment = folder.resolve("environment");
    kbuild(
        located,
        build,
        List.of("--eval=kernelx-environment:;@env -0 > " + environment, "kernelx-environment"));
  }

  private void kbuild(LocatedKernel located, Path build, List<String> goals) {
    List<String> words = new ArrayList<>(List.of("make", "-s", "--no-print-directory"));
    words.add("-j" + Runtime.getRuntime().availableProcessors());
    words.addAll(List.of("-C", located.tree().toString(), "O=" + build));
    words.add("CC=" + located.compiler());
    words.add("KERNELRELEASE=" + located.identity().release());
    words.addAll(goals);
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(words, build, BuildEnvironment.CLEAN, new byte[0], LIMIT));
    if (result.exit() != 0) {
      throw new RefusedException(
          Reason.COMPILATION_FAILED,
          "kbuild could not prepare %s: %s"
              .formatted(located.identity().release(), firstError(result)));
    }
  }

  private static String firstError(CommandRunner.Result result) {
    String text = result.errorText() + result.outputText();
    // make's own lines come last and say no more than where it stopped.
    return text.lines()
        .filter(line -> !line.startsWith("make"))
        .filter(line -> line.matches(".*(rror|not found|can't|No such).*"))
        .findFirst()
        .or(() -> text.lines().filter(line -> line.contains("rror")).findFirst())
        .or(() -> text.lines().findFirst())
        .orElse("make failed without a word");
  }

  private static void compare(LocatedKernel located, KernelConfig wanted, KernelConfig made) {
    List<String> differences = wanted.differences(made);
    if (!differences.isEmpty()) {
      throw new RefusedException(
          Reason.CONFIGURATION_MISMATCH,
          "the configuration of %s cannot be had from %s with this machine's tools: %s%s; install the tools that the kernel was built with (pahole among them) and its own source"
              .formatted(
                  located.identity().release(),
                  located.tree(),
                  String.join("; ", differences.subList(0, Math.min(3, differences.size()))),
                  differences.size() > 3 ? " and " + (differences.size() - 3) + " more" : ""));
    }
  }

  private static Map<String, String> environment(String text) {
    Map<String, String> values = new TreeMap<>();
    for (String entry : text.split("\0")) {
      int equals = entry.indexOf('=');
      if (equals > 0 && !MAKE_INTERNALS.contains(entry.substring(0, equals))) {
        values.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return values;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Debian's stock kernels for tests: their configurations come with the linux-headers packages,
 * which are fetched by name and kept in the cache.
 */
public final class DebianKernels {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final CommandRunner runner = new ProcessRunner();
  private HostPaths paths = HostPaths.system(System.getenv());
  private final Map<String, String> releases = new HashMap<>();
  private final Map<String, PreparedKernel> prepared = new HashMap<>();

  /** Returns the release of the newest kernel of a flavour that matches the source package. */
  public String release(String flavour) {
    return releases.computeIfAbsent(flavour, this::newest);
  }

  private String newest(String flavour) {
    String version =
        run("apt-cache", "policy", "linux-source-6.12")
            .lines()
            .filter(line -> line.contains("Candidate:"))
            .map(line -> line.replaceFirst(".*: ", "").replaceFirst("-.*", ""))
            .findFirst()
            .orElseThrow();
    String release = version + "+deb12-" + flavour;
    fetch("linux-headers-" + release);
    return release;
  }

  /** Returns the paths with every package fetched so far. */
  public HostPaths paths() {
    return paths;
  }

  private void fetch(String name) {
    Path folder =
        CacheEntry.get(
            paths.cache().resolve("packages/" + name),
            target -> {
              run(target, "apt-get", "download", "-q", name);
              try (var found = Files.list(target)) {
                Path packed =
                    found.filter(f -> f.toString().endsWith(".deb")).findFirst().orElseThrow();
                run(target, "dpkg-deb", "-x", packed.toString(), target.toString());
                Files.delete(packed);
              }
            });
    paths = paths.withRoot(folder);
  }

  private String run(String... words) {
    return run(Path.of("/"), words);
  }

  private String run(Path folder, String... words) {
    Map<String, String> environment = new HashMap<>(BuildEnvironment.CLEAN);
    System.getenv()
        .forEach(
            (name, value) -> {
              if (name.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy")) {
                environment.put(name, value);
              }
            });
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(List.of(words), folder, environment, new byte[0], LIMIT));
    if (result.exit() != 0) {
      throw new AssertionError(String.join(" ", words) + " failed: " + result.errorText().strip());
    }
    return result.outputText();
  }

  /** Returns a kernel ready to compile from. */
  public PreparedKernel prepared(String flavour) throws IOException {
    PreparedKernel known = prepared.get(flavour);
    if (known != null) {
      return known;
    }
    LocatedKernel located =
        new KernelLocator(atRelease(flavour), runner, System.err::println)
            .locate(KernelRequest.of(release(flavour)));
    known = new KernelPreparer(paths.cache(), runner, System.err::println).prepare(located);
    prepared.put(flavour, known);
    return known;
  }

  private HostPaths atRelease(String flavour) {
    release(flavour);
    return paths;
  }
}

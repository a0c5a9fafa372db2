// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a scenario of {@code src/test/resources/guest} in a VM with a stock kernel, through {@code
 * testbed/vm/run}. A kernel that complains fails the run.
 *
 * @param sources the checkout
 * @param share a folder that the guest may write to; what it builds is kept there
 * @param kernel the kernel's flavour
 */
record Guest(Path sources, Path share, String kernel) {

  static Guest create() throws IOException {
    return create("amd64");
  }

  static Guest create(String kernel) throws IOException {
    Path sources = Path.of("").toAbsolutePath();
    while (!Files.exists(sources.resolve("testbed/vm/run"))) {
      sources = sources.getParent();
    }
    String cache = System.getenv("KERNELX_CACHE");
    String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getenv("HOME") + "/.cache");
    Path root = cache == null ? Path.of(xdg, "kernelx") : Path.of(cache);
    return new Guest(sources, Files.createDirectories(root.resolve("vm/runtime")), kernel);
  }

  /** What a run printed and how it ended. */
  record Result(int exitCode, String output) {
    List<String> lines(String start) {
      return output.lines().filter(l -> l.startsWith(start)).toList();
    }

    /** Lines with this start between a heading, {@code == HEADING}, and the next. */
    List<String> lines(String heading, String start) {
      return output
          .lines()
          .dropWhile(l -> !l.equals("== " + heading))
          .skip(1)
          .takeWhile(l -> !l.startsWith("== "))
          .filter(l -> l.startsWith(start))
          .toList();
    }
  }

  Result run(String scenario, Path plans, int timeoutSeconds) throws Exception {
    return run(scenario, plans, timeoutSeconds, List.of());
  }

  /**
   * Runs a scenario.
   *
   * @param more arguments of the scenario after the folder of plans
   */
  Result run(String scenario, Path plans, int timeoutSeconds, List<String> more) throws Exception {
    Path folder =
        Files.createDirectories(Path.of("target/guest/" + kernel + "/" + scenario))
            .toAbsolutePath();
    Path startUp = Path.of("target/guest/start-up").toAbsolutePath();
    List<String> options = new Rehearsal(startUp, sources).with(anyOf(plans));
    Files.writeString(
        folder.resolve("start"),
        String.join(
            "\n",
            "export KERNELX_SOURCES='" + sources + "' KERNELX_SHARE='" + share + "'",
            "export JAVA_HOME='" + System.getProperty("java.home") + "'",
            "options=('" + String.join("' '", options) + "')",
            text("prelude"),
            text(scenario)));
    Path output = folder.resolve("output");
    List<String> command =
        new ArrayList<>(
            List.of(
                sources.resolve("testbed/vm/run").toString(),
                "--kernel",
                kernel,
                "--timeout",
                Integer.toString(timeoutSeconds),
                "--share",
                share.toString(),
                "--log",
                folder.resolve("log").toString(),
                "--",
                "bash",
                folder.resolve("start").toString(),
                plans.toAbsolutePath().toString()));
    command.addAll(more);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(timeoutSeconds + 120L, TimeUnit.SECONDS)) {
        throw new IllegalStateException("testbed/vm/run does not end");
      }
    } finally {
      process.destroy();
    }
    return new Result(process.exitValue(), Files.readString(output));
  }

  private static Path anyOf(Path plans) throws IOException {
    try (Stream<Path> files = Files.list(plans)) {
      return files.sorted().findFirst().orElseThrow().toAbsolutePath();
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream stream = Guest.class.getResourceAsStream("/guest/" + name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * One run of a build tool, at low priority, with its output in a file.
 *
 * @param exitCode the tool's; -1 if it was stopped for taking too long
 * @param output what it printed
 */
public record ToolRun(int exitCode, String output) {
  private static final int SHOWN = 3;
  private static final int HIGHEST_VERSION = 40;

  /**
   * Runs a tool and waits for it.
   *
   * @param log where its output goes
   * @throws IOException if it cannot be started
   */
  public static ToolRun of(Path folder, Path log, long timeoutSeconds, List<String> command)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("nice", "-n", "10"));
    words.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C");
    environment.keySet().removeIf(name -> name.startsWith("MAKE") || name.startsWith("KBUILD"));
    Process process = builder.start();
    int code = -1;
    try {
      if (process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        code = process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    return new ToolRun(code, Files.readString(log, StandardCharsets.ISO_8859_1));
  }

  /** Returns whether a tool can be found: a path that exists, or a name on PATH. */
  public static boolean exists(String tool) {
    if (tool.contains("/")) {
      return Files.isExecutable(Path.of(tool));
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, tool))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns a tool as it can be started: the name itself, or the highest version of it that stands
   * on PATH as {@code name-VERSION}, as Debian installs compilers.
   */
  public static Optional<String> find(String tool) {
    if (exists(tool)) {
      return Optional.of(tool);
    }
    return IntStream.iterate(HIGHEST_VERSION, v -> v > 0, v -> v - 1)
        .mapToObj(version -> tool + "-" + version)
        .filter(ToolRun::exists)
        .findFirst();
  }

  /** Returns the few lines that say what went wrong, in one. */
  public String complaint() {
    List<String> errors =
        output.lines().filter(line -> line.matches("(?i).*\\b(error|fatal)\\b.*")).toList();
    List<String> lines =
        errors.isEmpty() ? output.lines().filter(line -> !line.isBlank()).toList() : errors;
    List<String> shown =
        errors.isEmpty()
            ? lines.subList(Math.max(0, lines.size() - SHOWN), lines.size())
            : lines.subList(0, Math.min(SHOWN, lines.size()));
    return String.join("; ", shown.stream().map(String::strip).toList());
  }
}

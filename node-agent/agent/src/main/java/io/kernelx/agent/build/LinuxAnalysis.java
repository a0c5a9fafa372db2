// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A checkout of linux-analysis beside the project's, which works out safe spans from the kernel's
 * LLVM bitcode.
 *
 * <ol>
 *   <li>{@code bash scripts/ss-gen.sh --tunable NAME} runs in it, with a flag for each variable of
 *       the environment that is set.
 *   <li>It leaves {@code dataset/NAME/*.func_offset.json}; all of them are read.
 * </ol>
 *
 * <p>Whatever goes wrong is said in a sentence and ends in an empty answer: the analysis is never
 * needed.
 */
public final class LinuxAnalysis {
  private static final Map<String, String> FLAGS = new LinkedHashMap<>();
  private static final int LONGEST_COMPLAINT = 300;

  static {
    FLAGS.put("LINUX_WLLVM", "--linux-wllvm");
    FLAGS.put("VMLINUX_BC", "--vmlinux-bc");
    FLAGS.put("TAINT_TRACKER_PLUGIN", "--plugin");
    FLAGS.put("VMLINUX", "--vmlinux");
    FLAGS.put("MODULES_DIR", "--modules-dir");
  }

  private final Path checkout;
  private final Map<String, String> environment;
  private final Duration limit;
  private final Consumer<String> says;

  /**
   * @param project the project's own folder; the checkout is looked for beside it
   * @param environment where the variables for flags are looked up
   * @param limit how long the script may run
   * @param says takes a sentence on each thing that goes wrong
   */
  public LinuxAnalysis(
      Path project, Map<String, String> environment, Duration limit, Consumer<String> says) {
    this.checkout = project.toAbsolutePath().normalize().resolveSibling("linux-analysis");
    this.environment = Map.copyOf(environment);
    this.limit = limit;
    this.says = says;
  }

  /**
   * Asks for the spans of a tunable.
   *
   * @param name the definition's name
   * @return the ranges in the files' order, each once; empty if there is no answer
   */
  public List<OffsetFile.Range> spans(String name) throws InterruptedException {
    if (!Files.isRegularFile(checkout.resolve("scripts/ss-gen.sh"))) {
      says.accept(
          "There is no linux-analysis checkout at %s (scripts/ss-gen.sh); going on without it."
              .formatted(checkout));
      return List.of();
    }
    try {
      Optional<String> complaint = run(name);
      if (complaint.isPresent()) {
        says.accept(complaint.get());
        return List.of();
      }
      return read(name);
    } catch (IOException e) {
      says.accept("%s: the analysis of %s failed: %s.".formatted(checkout, name, e.getMessage()));
      return List.of();
    }
  }

  private Optional<String> run(String name) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "scripts/ss-gen.sh", "--tunable", name));
    FLAGS.forEach(
        (variable, flag) -> {
          String value = environment.getOrDefault(variable, "");
          if (!value.isEmpty()) {
            command.addAll(List.of(flag, value));
          }
        });
    Path log = Files.createTempFile("ss-gen", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(checkout.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          return Optional.of(
              "ss-gen.sh did not end within %d s for %s; going on without it."
                  .formatted(limit.toSeconds(), name));
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(
              "ss-gen.sh ended with exit code %d for %s%s; going on without it."
                  .formatted(process.exitValue(), name, lastLine(log)));
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private static String lastLine(Path log) throws IOException {
    String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
    String last = text.substring(text.lastIndexOf('\n') + 1);
    return last.isEmpty()
        ? ""
        : ": " + last.substring(0, Math.min(last.length(), LONGEST_COMPLAINT));
  }

  private List<OffsetFile.Range> read(String name) throws IOException {
    Path dataset = checkout.resolve("dataset").resolve(name);
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(dataset)) {
      try (Stream<Path> found = Files.list(dataset)) {
        found
            .filter(f -> f.getFileName().toString().endsWith(".func_offset.json"))
            .sorted()
            .forEach(files::add);
      }
    }
    if (files.isEmpty()) {
      says.accept(
          "ss-gen.sh left no *.func_offset.json in %s; going on without it.".formatted(dataset));
      return List.of();
    }
    List<OffsetFile.Range> ranges = new ArrayList<>();
    for (Path file : files) {
      ranges.addAll(OffsetFile.read(Files.readString(file), file.toString(), says));
    }
    if (ranges.isEmpty()) {
      says.accept("%s holds no usable range; going on without it.".formatted(dataset));
    }
    return ranges.stream().distinct().toList();
  }
}

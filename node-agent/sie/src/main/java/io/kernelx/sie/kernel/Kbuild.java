// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.Refusal.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks kbuild, folder by folder, which objects this configuration has and how they are compiled.
 * Nothing is built. Thread-safe; answers are kept.
 */
final class Kbuild {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String LIST =
      "--eval=kernelx-list:;$(info O $(real-obj-y) $(real-obj-m) $(lib-y))$(info D $(subdir-ym))@:";

  private record Listing(Set<String> objects, Set<String> folders) {}

  private final PreparedKernel kernel;
  private final CommandRunner runner;
  private final Map<String, Listing> listings = new ConcurrentHashMap<>();

  Kbuild(PreparedKernel kernel, CommandRunner runner) {
    this.kernel = kernel;
    this.runner = runner;
  }

  /**
   * Returns how a source file is compiled in this configuration, or empty if it is not.
   *
   * @param unit relative to the tree, ending in {@code .c} or {@code .S}
   */
  Optional<UnitCommand> command(String unit) {
    String object = unit.substring(0, unit.lastIndexOf('.')) + ".o";
    for (String folder = parent(unit); !folder.isEmpty(); folder = parent(folder)) {
      if (hasMakefile(folder) && visited(folder) && listing(folder).objects().contains(object)) {
        return Optional.of(UnitCommand.parse(unit, object, dryRun(folder, unit, object)));
      }
    }
    return Optional.empty();
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private boolean hasMakefile(String folder) {
    Path path = kernel.tree().resolve(folder);
    return Files.exists(path.resolve("Kbuild")) || Files.exists(path.resolve("Makefile"));
  }

  private boolean visited(String folder) {
    if (listing(".").folders().contains(folder)) {
      return true;
    }
    for (String above = parent(folder); !above.isEmpty(); above = parent(above)) {
      if (hasMakefile(above) && visited(above) && listing(above).folders().contains(folder)) {
        return true;
      }
    }
    return false;
  }

  private Listing listing(String folder) {
    Listing known = listings.get(folder);
    if (known != null) {
      return known;
    }
    String output = make(List.of("obj=" + folder, LIST, "kernelx-list"));
    Set<String> objects = new HashSet<>();
    Set<String> folders = new HashSet<>();
    for (String line : output.lines().toList()) {
      Set<String> target = line.startsWith("O ") ? objects : line.startsWith("D ") ? folders : null;
      if (target != null) {
        for (String word : line.substring(2).split("\\s+")) {
          if (!word.isEmpty()) {
            target.add(Path.of(word).normalize().toString());
          }
        }
      }
    }
    Listing listing = new Listing(Set.copyOf(objects), Set.copyOf(folders));
    listings.put(folder, listing);
    return listing;
  }

  private String dryRun(String folder, String unit, String object) {
    return make(
        List.of(
            "-n",
            "obj=" + folder,
            "need-builtin=1",
            "-W",
            kernel.tree().resolve(unit).toString(),
            object));
  }

  private String make(List<String> arguments) {
    List<String> words = new ArrayList<>(List.of("make", "-rR", "--no-print-directory", "-f"));
    words.add(kernel.tree().resolve("scripts/Makefile.build").toString());
    words.addAll(arguments);
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(
                words, kernel.build(), kernel.environment(), new byte[0], LIMIT));
    if (result.exit() != 0) {
      throw new RefusedException(
          Reason.COMPILATION_FAILED,
          "kbuild does not say how %s is built: %s"
              .formatted(
                  arguments.get(arguments.size() - 1),
                  result.errorText().lines().reduce((a, b) -> b).orElse("make failed")));
    }
    return result.outputText();
  }
}

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
 * Objects are never built. Thread-safe; answers are kept.
 */
final class Kbuild {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String LIST =
      "--eval=kernelx-list:;$(info O $(real-obj-y) $(real-obj-m) $(lib-y))$(info D $(subdir-ym))@:";

  /** In the place of the rule that compiles, so that only what it waits for is made. */
  private static final String NOT_COMPILED = "rule_cc_o_c=:";

  private record Listing(Set<String> objects, Set<String> folders) {}

  private record Place(String folder, String object) {}

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
    return place(unit).map(p -> UnitCommand.parse(unit, p.object(), dryRun(unit, p)));
  }

  /**
   * Makes the files that the object of a unit waits for, and not the object.
   *
   * @param unit one that {@link #command} has a command for
   * @param build a build folder of this kernel, which is written to
   * @throws RefusedException {@code CompilationFailed} if that fails
   */
  void prerequisites(String unit, Path build) {
    Place place = place(unit).orElseThrow();
    List<String> words =
        List.of("obj=" + place.folder(), "need-builtin=1", NOT_COMPILED, place.object());
    CommandRunner.Result result = run(build, words);
    if (result.exit() != 0) {
      throw new RefusedException(
          Reason.COMPILATION_FAILED,
          "kbuild cannot make what %s needs: %s".formatted(place.object(), lastError(result)));
    }
  }

  private Optional<Place> place(String unit) {
    String object = unit.substring(0, unit.lastIndexOf('.')) + ".o";
    for (String folder = parent(unit); !folder.isEmpty(); folder = parent(folder)) {
      if (hasMakefile(folder) && visited(folder) && listing(folder).objects().contains(object)) {
        return Optional.of(new Place(folder, object));
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

  private String dryRun(String unit, Place place) {
    return make(
        List.of(
            "-n",
            "obj=" + place.folder(),
            "need-builtin=1",
            "-W",
            kernel.tree().resolve(unit).toString(),
            place.object()));
  }

  private String make(List<String> arguments) {
    CommandRunner.Result result = run(kernel.build(), arguments);
    if (result.exit() != 0) {
      throw new RefusedException(
          Reason.COMPILATION_FAILED,
          "kbuild does not say how %s is built: %s"
              .formatted(arguments.getLast(), lastError(result)));
    }
    return result.outputText();
  }

  private CommandRunner.Result run(Path build, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of("make", "-rR", "--no-print-directory", "-f"));
    words.add(kernel.tree().resolve("scripts/Makefile.build").toString());
    words.addAll(arguments);
    return runner.run(
        new CommandRunner.Command(words, build, kernel.environment(), new byte[0], LIMIT));
  }

  private static String lastError(CommandRunner.Result result) {
    return result.errorText().lines().reduce((a, b) -> b).orElse("make failed");
  }
}

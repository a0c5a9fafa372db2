// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;

/**
 * Has kbuild make the sources that only single objects need: headers and tables that stand as
 * prerequisites of an object in its folder's makefile, and that preparing a kernel does not make.
 * Safe between threads and between processes.
 *
 * <ol>
 *   <li>Kbuild works in a copy of the build folder, because its tools write in place, and others
 *       may be reading there.
 *   <li>What is new in the copy is moved into the build folder, each file at once. What was there
 *       stays.
 * </ol>
 */
final class GeneratedSources {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final PreparedKernel kernel;
  private final Kbuild kbuild;
  private final CommandRunner runner;

  GeneratedSources(PreparedKernel kernel, Kbuild kbuild, CommandRunner runner) {
    this.kernel = kernel;
    this.kbuild = kbuild;
    this.runner = runner;
  }

  /**
   * Makes what a unit's object needs besides the unit; once.
   *
   * @param unit relative to the tree, one that this configuration compiles
   * @throws RefusedException {@code CompilationFailed} if kbuild cannot make it
   */
  void make(String unit) {
    Path folder = kernel.build().resolveSibling("generated").resolve(Digests.ofTexts(unit));
    CacheEntry.get(folder, f -> make(unit, f.resolve("build")));
  }

  private void make(String unit, Path copy) throws IOException {
    CommandRunner.Result copied =
        runner.run(
            new CommandRunner.Command(
                List.of("cp", "-a", kernel.build().toString(), copy.toString()),
                kernel.build(),
                BuildEnvironment.CLEAN,
                new byte[0],
                LIMIT));
    if (copied.exit() != 0) {
      throw new IOException(copied.errorText().strip());
    }
    kbuild.prerequisites(unit, copy);
    Files.walkFileTree(copy, new Publisher(copy, kernel.build()));
  }

  /** Empties the copy on the way. */
  private static final class Publisher extends SimpleFileVisitor<Path> {
    private final Path copy;
    private final Path build;

    Publisher(Path copy, Path build) {
      this.copy = copy;
      this.build = build;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectories(build.resolve(copy.relativize(folder)));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Path place = build.resolve(copy.relativize(file));
      if (Files.exists(place)) {
        Files.delete(file);
      } else {
        Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException error) throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}

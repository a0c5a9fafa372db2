// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the source files that mention a word. Answers are kept beside the prepared kernel. */
final class TreeSearch {
  private static final Set<String> NOT_SEARCHED =
      Set.of("Documentation", "LICENSES", "arch", "rust", "samples", "scripts", "tools");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final PreparedKernel kernel;
  private final CommandRunner runner;

  TreeSearch(PreparedKernel kernel, CommandRunner runner) {
    this.kernel = kernel;
    this.runner = runner;
  }

  /** Returns the files that hold the text as a whole word, relative to the tree, sorted. */
  List<String> mentions(String word) {
    Path remembered = kernel.build().resolveSibling("mentions").resolve(Digests.ofTexts(word));
    try {
      if (!Files.exists(remembered)) {
        String found = String.join("\n", search(word));
        CacheEntry.writeWhole(remembered, found.getBytes(StandardCharsets.UTF_8));
      }
      return Files.readAllLines(remembered);
    } catch (IOException e) {
      throw new UncheckedIOException("the tree %s cannot be searched".formatted(kernel.tree()), e);
    }
  }

  private List<String> search(String word) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("grep", "-RlwF", "--include=*.[chS]", "--include=*.inc", "-e", word, "--"));
    words.addAll(folders());
    CommandRunner.Result result =
        runner.run(
            new CommandRunner.Command(
                words, kernel.tree(), BuildEnvironment.CLEAN, new byte[0], LIMIT));
    if (result.exit() > 1) {
      throw new IOException(result.errorText().strip());
    }
    return result.outputText().lines().sorted().toList();
  }

  private List<String> folders() throws IOException {
    List<String> folders = new ArrayList<>();
    try (Stream<Path> top = Files.list(kernel.tree())) {
      top.filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith(".") && !NOT_SEARCHED.contains(name))
          .sorted()
          .forEach(folders::add);
    }
    if (Files.isDirectory(kernel.tree().resolve("arch/x86"))) {
      folders.add("arch/x86");
    }
    return folders;
  }
}

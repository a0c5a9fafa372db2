// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.KernelIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A toy source tree in a folder, for tests. */
final class KernelTree {
  private final Path root;

  KernelTree(Path root) throws IOException {
    this.root = root;
    file(
        "Makefile",
        "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\nNAME = x\n");
  }

  Path root() {
    return root;
  }

  KernelTree file(String name, String content) throws IOException {
    Path path = root.resolve(name);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    return this;
  }

  /** A kernel that is prepared from the tree; its environment is empty. */
  PreparedKernel prepared(Path folder) throws IOException {
    Path build = Files.createDirectories(folder.resolve("build"));
    return new PreparedKernel(
        new KernelIdentity("6.12.117-test", "sha256:0", "sha256:0", "cc (Test) 1"),
        root,
        build,
        "cc",
        Map.of());
  }

  /**
   * Answers kbuild's listings: every {@code .c} file of the named folders is compiled. Everything
   * else is run.
   */
  static CommandRunner compiling(KernelTree tree, List<String> folders) {
    CommandRunner real = new ProcessRunner();
    return command -> {
      if (!command.words().get(0).equals("make")) {
        return real.run(command);
      }
      String folder =
          command.words().stream()
              .filter(w -> w.startsWith("obj="))
              .map(w -> w.substring(4))
              .findFirst()
              .orElseThrow();
      String last = command.words().get(command.words().size() - 1);
      String output =
          last.equals("kernelx-list")
              ? "O " + objects(tree, folder) + "\nD " + String.join(" ", folders) + "\n"
              : "set -e; cc -O2 -DX='\"a b\"' -Wp,-MMD,x.d -c -o %s %s  ; fixdep\n"
                  .formatted(last, last.replace(".o", ".c"));
      return new CommandRunner.Result(0, output.getBytes(), new byte[0]);
    };
  }

  private static String objects(KernelTree tree, String folder) {
    try (var files = Files.list(tree.root.resolve(folder))) {
      return String.join(
          " ",
          files
              .map(f -> folder + "/" + f.getFileName())
              .filter(f -> f.endsWith(".c"))
              .map(f -> f.replace(".c", ".o"))
              .toList());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.build.Digests;
import io.kernelx.runtime.build.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds xk-kfuncs.ko with the kbuild of the running kernel's headers and keeps it by build-id and
 * sources. A module is built in a folder of its own, which a build that was killed leaves to the
 * next, and moved into place whole.
 */
public final class ModuleBuilder {
  /** The file's name. */
  public static final String FILE = "xk-kfuncs.ko";

  private static final long TIMEOUT_SECONDS = 900;
  private static final Pattern COMPILER = Pattern.compile("\\b[\\w-]*gcc(?:-\\d+)?\\b");

  private final RuntimePaths paths;

  public ModuleBuilder(RuntimePaths paths) {
    this.paths = paths;
  }

  /** Returns where the module of this kernel and these sources is kept, built or not. */
  public Path kept(KernelFacts facts) throws IOException {
    String sources = new Digests().withFolder(paths.kfuncsSource()).name();
    String kernel = facts.buildId().isEmpty() ? facts.release() : facts.buildId();
    return paths.cache().resolve("modules").resolve(kernel + "-" + sources).resolve(FILE);
  }

  /**
   * Returns what is missing for building, a sentence that names the mend, if anything is. A module
   * that was built before needs nothing.
   */
  public Optional<String> missing(KernelFacts facts) {
    try {
      if (Files.exists(kept(facts))) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.of(
          "The sources of xk-kfuncs are not readable in "
              + paths.kfuncsSource()
              + "; the installation is incomplete.");
    }
    Path headers = headers(facts);
    String mend = "install linux-headers-" + facts.release() + " on the node.";
    if (!Files.isReadable(headers.resolve("Makefile"))) {
      return Optional.of(
          "The headers of Linux " + facts.release() + " are not in " + headers + "; " + mend);
    }
    if (!Files.isReadable(headers.resolve("scripts/Makefile.build"))
        && !Files.isExecutable(headers.resolve("scripts/mod/modpost"))) {
      return Optional.of(
          "The headers in "
              + headers
              + " lack kbuild's scripts (linux-kbuild beneath /usr/lib); "
              + mend);
    }
    for (String tool : List.of(paths.make(), compiler(headers), "ld", "pahole")) {
      if (!ToolRun.exists(tool)) {
        return Optional.of(
            "The tool "
                + tool
                + " is missing, so modules cannot be built; install "
                + (tool.equals("pahole") ? "dwarves" : tool.equals("ld") ? "binutils" : tool)
                + ".");
      }
    }
    if (!Files.exists(headers.resolve("vmlinux"))) {
      return Optional.of(
          "The headers in "
              + headers
              + " hold no vmlinux, so a module gets no BTF; install headers that have it.");
    }
    return Optional.empty();
  }

  /**
   * Returns the built module, building it if it is not kept.
   *
   * @throws RuntimeRefusedException if it cannot be built
   */
  public Path build(KernelFacts facts) throws RuntimeRefusedException {
    try {
      Path kept = kept(facts);
      if (Files.exists(kept)) {
        return kept;
      }
      Optional<String> missing = missing(facts);
      if (missing.isPresent()) {
        throw new RuntimeRefusedException(Reason.MISSING_CAPABILITY, missing.get());
      }
      Files.createDirectories(kept.getParent());
      Path work = kept.resolveSibling(".build");
      delete(work);
      Files.createDirectory(work);
      try {
        make(facts, work);
        Files.move(work.resolve(FILE), kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        delete(work);
      }
      return kept;
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED, "xk-kfuncs.ko cannot be built: " + e.getMessage() + ".", e);
    }
  }

  private void make(KernelFacts facts, Path work) throws IOException, RuntimeRefusedException {
    try (Stream<Path> sources = Files.list(paths.kfuncsSource())) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        Files.copy(source, work.resolve(source.getFileName()));
      }
    }
    Path log = work.getParent().resolve("build.log");
    ToolRun run =
        ToolRun.of(
            work,
            log,
            TIMEOUT_SECONDS,
            List.of(
                paths.make(),
                "-C",
                headers(facts).toString(),
                "M=" + work,
                "CONFIG_MODULE_SIG_ALL=",
                "modules"));
    if (run.exitCode() != 0) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED,
          "xk-kfuncs.ko cannot be built for Linux "
              + facts.release()
              + ": "
              + run.complaint()
              + " (the whole log: "
              + log
              + ").");
    }
    if (run.output().contains("Skipping BTF generation")) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED,
          "xk-kfuncs.ko was built without BTF, so BPF programs cannot call it; the headers of Linux"
              + " "
              + facts.release()
              + " lack vmlinux.");
    }
  }

  private Path headers(KernelFacts facts) {
    return paths.modules().resolve(facts.release()).resolve("build");
  }

  /** Debian's headers name their compiler in a file of their own. */
  private static String compiler(Path headers) {
    try {
      Matcher matcher = COMPILER.matcher(Files.readString(headers.resolve(".kernelvariables")));
      return matcher.find() ? matcher.group() : "gcc";
    } catch (IOException e) {
      return "gcc";
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}

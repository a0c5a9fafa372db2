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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Builds kernel modules with the kbuild of the running kernel's headers and keeps them by build-id
 * and sources. A module is built in a folder of its own, which a build that was killed leaves to
 * the next, and moved into place whole.
 */
public final class ModuleBuilder {
  private static final String SYMBOLS = "Module.symvers";

  /** Beside a template: the folders that it was built in, as they were then. */
  static final String PARTS = "parts";

  /** Beside a module while it is built: a folder with those folders. */
  static final String WORK = ".build";

  private static final long TIMEOUT_SECONDS = 900;
  private static final Pattern COMPILER = Pattern.compile("\\b[\\w-]*gcc(?:-\\d+)?\\b");

  private final RuntimePaths paths;

  public ModuleBuilder(RuntimePaths paths) {
    this.paths = paths;
  }

  /** Returns where the module of this kernel and these sources is kept, built or not. */
  public Path kept(KernelModule module, KernelFacts facts) throws IOException {
    Digests sources = new Digests().withFolder(sources(module));
    if (module.base().isPresent()) {
      sources.withFolder(sources(module.base().get()));
    }
    String kernel = facts.buildId().isEmpty() ? facts.release() : facts.buildId();
    return paths
        .cache()
        .resolve("modules")
        .resolve(kernel + "-" + sources.name())
        .resolve(module.file());
  }

  private Path sources(KernelModule module) {
    return paths.moduleSources().resolve(module.folder());
  }

  /**
   * Returns what is missing for building, a sentence that names the mend, if anything is. A module
   * that was built before needs nothing, unless others are linked from it.
   */
  public Optional<String> missing(KernelModule module, KernelFacts facts) {
    try {
      if (!module.isTemplate() && Files.exists(kept(module, facts))) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.of(
          "The sources of "
              + module.text()
              + " are not readable in "
              + sources(module)
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
    boolean types = needsTypes(module, facts);
    List<String> tools = new ArrayList<>(List.of(paths.make(), compiler(headers), "ld"));
    if (types) {
      tools.add("pahole");
    }
    for (String tool : tools) {
      if (!ToolRun.exists(tool)) {
        return Optional.of(
            "The tool "
                + tool
                + " is missing, so modules cannot be built; install "
                + (tool.equals("pahole") ? "dwarves" : tool.equals("ld") ? "binutils" : tool)
                + ".");
      }
    }
    if (types && !Files.exists(headers.resolve("vmlinux"))) {
      return Optional.of(
          "The headers in "
              + headers
              + " hold no vmlinux, so a module gets no BTF; install headers that have it.");
    }
    return Optional.empty();
  }

  /**
   * Returns the built module, building it, and first the one that it is linked against, if it is
   * not kept.
   *
   * @throws RuntimeRefusedException if it cannot be built
   */
  public Path build(KernelModule module, KernelFacts facts) throws RuntimeRefusedException {
    try {
      Path kept = kept(module, facts);
      if (Files.exists(kept)) {
        return kept;
      }
      Optional<String> missing = missing(module, facts);
      if (missing.isPresent()) {
        throw new RuntimeRefusedException(Reason.MISSING_CAPABILITY, missing.get());
      }
      List<String> words = new ArrayList<>(module.words());
      if (module.base().isPresent()) {
        Path base = build(module.base().get(), facts);
        words.add("KBUILD_EXTRA_SYMBOLS=" + base.resolveSibling(SYMBOLS));
      }
      Files.createDirectories(kept.getParent());
      Path work = kept.resolveSibling(WORK);
      Folders.delete(work);
      Files.createDirectory(work);
      try {
        Path folder = work.resolve(module.folder());
        Folders.copy(sources(module), folder);
        if (module.base().isPresent()) {
          KernelModule base = module.base().get();
          Folders.copy(sources(base), work.resolve(base.folder()));
        }
        make(module, facts, folder, kept.resolveSibling("build.log"), words);
        if (Files.exists(folder.resolve(SYMBOLS))) {
          Files.move(
              folder.resolve(SYMBOLS),
              kept.resolveSibling(SYMBOLS),
              StandardCopyOption.REPLACE_EXISTING);
        }
        if (module.isTemplate()) {
          Folders.delete(kept.resolveSibling(PARTS));
          Files.createDirectory(kept.resolveSibling(PARTS));
          for (KernelModule part : List.of(module, module.base().orElseThrow())) {
            Folders.copy(
                work.resolve(part.folder()), kept.resolveSibling(PARTS).resolve(part.folder()));
          }
        }
        Files.move(folder.resolve(module.file()), kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Folders.delete(work);
      }
      return kept;
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED,
          module.file() + " cannot be built: " + e.getMessage() + ".",
          e);
    }
  }

  private void make(
      KernelModule module, KernelFacts facts, Path folder, Path log, List<String> words)
      throws IOException, RuntimeRefusedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                paths.make(),
                "-C",
                headers(facts).toString(),
                "M=" + folder,
                "CONFIG_MODULE_SIG_ALL="));
    command.addAll(words);
    command.add("modules");
    ToolRun run = ToolRun.of(folder, log, TIMEOUT_SECONDS, command);
    if (run.exitCode() != 0) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED,
          module.file()
              + " cannot be built for Linux "
              + facts.release()
              + ": "
              + run.complaint()
              + " (the whole log: "
              + log
              + ").");
    }
    if (needsTypes(module, facts) && run.output().contains("Skipping BTF generation")) {
      throw new RuntimeRefusedException(
          Reason.MODULE_BUILD_FAILED,
          module.file()
              + " was built without BTF, so BPF programs cannot call it; the headers of Linux "
              + facts.release()
              + " lack vmlinux.");
    }
  }

  /** BPF programs call a module's functions by its BTF, where the kernel lets them. */
  private static boolean needsTypes(KernelModule module, KernelFacts facts) {
    return module == KernelModule.KFUNCS && facts.withoutBpf().isEmpty();
  }

  Path headers(KernelFacts facts) {
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
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.stub;

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

/** Compiles stubs with clang and keeps them by their text and the header's. */
public final class StubCompiler {
  private static final long TIMEOUT_SECONDS = 300;

  private final RuntimePaths paths;

  public StubCompiler(RuntimePaths paths) {
    this.paths = paths;
  }

  /** Returns what is missing for compiling, a sentence that names the mend, if anything is. */
  public Optional<String> missing() {
    if (ToolRun.find(paths.clang()).isEmpty()) {
      return Optional.of("clang is missing, so stubs cannot be compiled; install clang.");
    }
    if (!Files.isReadable(paths.bpfInclude().resolve("xk.bpf.h"))) {
      return Optional.of(
          "The header xk.bpf.h is not in "
              + paths.bpfInclude()
              + "; the installation is incomplete.");
    }
    return Optional.empty();
  }

  /**
   * Returns the compiled stub.
   *
   * @param source C text that includes {@code xk.bpf.h}
   * @throws RuntimeRefusedException if it does not compile
   */
  public Path compile(String source) throws RuntimeRefusedException {
    try {
      String digest = new Digests().withFolder(paths.bpfInclude()).with(source).name();
      Path folder = paths.cache().resolve("stubs");
      Path kept = folder.resolve(digest + ".bpf.o");
      if (Files.exists(kept)) {
        return kept;
      }
      Files.createDirectories(folder);
      Path text = folder.resolve(digest + ".bpf.c");
      Files.writeString(text, source);
      Path made = Files.createTempFile(folder, "." + digest, ".o");
      try {
        compile(text, made, folder.resolve(digest + ".log"));
        Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(made);
      }
      return kept;
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.STUB_BUILD_FAILED, "The stub cannot be compiled: " + e.getMessage() + ".", e);
    }
  }

  private void compile(Path text, Path made, Path log) throws IOException, RuntimeRefusedException {
    ToolRun run =
        ToolRun.of(
            text.getParent(),
            log,
            TIMEOUT_SECONDS,
            List.of(
                ToolRun.find(paths.clang()).orElse(paths.clang()),
                "-O2",
                "-g",
                "-Wall",
                "-Werror",
                "-target",
                "bpf",
                "-mcpu=v3",
                "-I",
                paths.bpfInclude().toString(),
                "-c",
                text.toString(),
                "-o",
                made.toString()));
    if (run.exitCode() != 0) {
      throw new RuntimeRefusedException(
          Reason.STUB_BUILD_FAILED,
          "The stub cannot be compiled: " + run.complaint() + " (the whole log: " + log + ").");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which build of a module the kernel has loaded. It tells by the note that the linker made of all
 * that is in a module, its build-id.
 */
final class LoadedBuild {
  private final Path loaded;
  private final ModuleBuilder builder;
  private final KernelModule module;

  LoadedBuild(RuntimePaths paths, ModuleBuilder builder, KernelModule module) {
    this.loaded = paths.sys().resolve("module").resolve(module.loadedName());
    this.builder = builder;
    this.module = module;
  }

  /**
   * Returns whether another build is loaded than the one that is kept, which other modules are
   * linked against. One of which that cannot be told is another.
   */
  boolean isAnother(KernelFacts facts) {
    if (!Files.isDirectory(loaded)) {
      return false;
    }
    try {
      String note = bytes(loaded.resolve("notes/.note.gnu.build-id"));
      return note.isEmpty() || !bytes(builder.kept(module, facts)).contains(note);
    } catch (IOException e) {
      return true;
    }
  }

  private static String bytes(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}

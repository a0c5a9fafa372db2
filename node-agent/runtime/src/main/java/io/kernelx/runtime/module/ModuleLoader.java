// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One of our modules in the running kernel: whether it is there, and how it gets there. */
final class ModuleLoader {
  private final RuntimePaths paths;
  private final ModuleBuilder builder;
  private final Libc libc;
  private final KernelModule module;

  ModuleLoader(RuntimePaths paths, ModuleBuilder builder, Libc libc, KernelModule module) {
    this.paths = paths;
    this.builder = builder;
    this.libc = libc;
    this.module = module;
  }

  boolean loaded() {
    return Files.isDirectory(paths.sys().resolve("module").resolve(module.loadedName()));
  }

  /** Returns what loading lacks, if anything: nothing when the module is loaded already. */
  Optional<String> missing(KernelFacts facts) {
    return loaded() ? Optional.empty() : builder.missing(module, facts);
  }

  /** Loads the module, building it if it is not kept. Loaded by somebody meanwhile is success. */
  void load(KernelFacts facts, String parameters) throws RuntimeRefusedException {
    Path file = builder.build(module, facts);
    try {
      libc.loadModule(file, parameters);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw ModuleRefusal.of(module, facts, file, e);
      }
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.MODULE_LOAD_FAILED,
          module.file() + " cannot be loaded: " + e.getMessage() + ".",
          e);
    }
    if (!loaded()) {
      throw new RuntimeRefusedException(
          Reason.MODULE_LOAD_FAILED, module.file() + " was loaded, but is not there; see dmesg.");
    }
  }

  /**
   * Returns the node of the module's device. A container's /dev may be older than the device: then
   * the node is made from sysfs.
   *
   * @param name the device's name
   */
  Path device(String name) throws IOException {
    Path node = paths.device().resolveSibling(name);
    if (!Files.exists(node)) {
      Path numbers = paths.sys().resolve("class/misc").resolve(name).resolve("dev");
      String[] parts = Files.readString(numbers).strip().split(":");
      libc.makeDevice(node, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
    return node;
  }
}

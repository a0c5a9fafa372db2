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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Native modules of this machine. They are told apart by sysfs: each has a name of its own, by its
 * source, and says for which constant it is.
 */
public final class LiveNativeModules implements NativeModules {
  private static final String PREFIX = "xk_native_";
  private static final int COUNTS = 4;

  private final NativeLinker linker;
  private final LoadedBuild kfuncs;
  private final Libc libc;
  private final Path modules;

  public LiveNativeModules(RuntimePaths paths, ModuleBuilder builder, Libc libc) {
    this.linker = new NativeLinker(builder);
    this.kfuncs = new LoadedBuild(paths, builder, KernelModule.KFUNCS);
    this.libc = libc;
    this.modules = paths.sys().resolve("module");
  }

  @Override
  public Optional<String> missing(KernelFacts facts) {
    return linker.missing(facts);
  }

  @Override
  public Optional<String> unsuited(KernelFacts facts) {
    return kfuncs.isAnother(facts)
        ? Optional.of(
            "The loaded xk-kfuncs is not the build that native modules are linked against here;"
                + " revert every tunable on this node and unload it: rmmod xk_kfuncs.")
        : Optional.empty();
  }

  @Override
  public Path build(String sites, KernelFacts facts) throws RuntimeRefusedException {
    return linker.build(sites, facts);
  }

  @Override
  public void load(Path file, int constId) throws RuntimeRefusedException, IOException {
    try {
      libc.loadModule(file, "id=" + Integer.toUnsignedString(constId));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EPERM || e.errno() == Errno.EKEYREJECTED) {
        throw new RuntimeRefusedException(
            Reason.LOCKDOWN,
            file.getFileName()
                + " was refused: the kernel takes only signed modules, or the process lacks"
                + " CAP_SYS_MODULE.",
            e);
      }
      if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT) {
        throw new RuntimeRefusedException(
            Reason.MODULE_LOAD_FAILED,
            file.getFileName()
                + " was refused: the loaded xk-kfuncs is another version; revert every tunable on"
                + " this node and unload it: rmmod xk_kfuncs.",
            e);
      }
      throw e;
    }
  }

  @Override
  public Optional<String> find(int constId) throws IOException {
    String wanted = Integer.toUnsignedString(constId);
    try (DirectoryStream<Path> loaded = Files.newDirectoryStream(modules, PREFIX + "*")) {
      for (Path module : loaded) {
        if (parameter(module, "id").equals(Optional.of(wanted))) {
          return Optional.of(module.getFileName().toString());
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  @Override
  public void unload(String name) throws IOException {
    try {
      libc.unloadModule(name);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  @Override
  public Counts counts(String name) throws IOException {
    String[] words = parameter(modules.resolve(name), "counts").orElse("").split(" ");
    if (words.length != COUNTS) {
      throw new IOException("the module " + name + " does not tell its counts");
    }
    long hits = Long.parseUnsignedLong(words[0]);
    return new Counts(
        hits,
        hits - Long.parseUnsignedLong(words[1]),
        Long.parseUnsignedLong(words[2]),
        Long.parseUnsignedLong(words[3]));
  }

  /** A module that is just going has no parameters any more. */
  private static Optional<String> parameter(Path module, String name) throws IOException {
    try {
      return Optional.of(Files.readString(module.resolve("parameters").resolve(name)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}

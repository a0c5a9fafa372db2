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

/** xk-kfuncs in the running kernel: whether it is there, and how it gets there. */
public final class KfuncsModule implements Kfuncs {
  private final RuntimePaths paths;
  private final ModuleBuilder builder;
  private final Libc libc;

  public KfuncsModule(RuntimePaths paths, ModuleBuilder builder, Libc libc) {
    this.paths = paths;
    this.builder = builder;
    this.libc = libc;
  }

  @Override
  public Optional<Constants> open() throws RuntimeRefusedException {
    if (!loaded()) {
      return Optional.empty();
    }
    try {
      XkDevice device = XkDevice.open(libc, device());
      int abi = device.abi();
      if (abi < XkAbi.OLDEST) {
        device.close();
        throw new RuntimeRefusedException(
            Reason.ABI_MISMATCH,
            "The loaded xk-kfuncs speaks version "
                + abi
                + " of its interface, this agent needs "
                + XkAbi.OLDEST
                + "; revert every tunable on this node and unload it: rmmod xk_kfuncs.");
      }
      return Optional.of(device);
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.STATE_UNREADABLE,
          "The module xk-kfuncs is loaded, but its device cannot be used: " + e.getMessage() + ".",
          e);
    }
  }

  @Override
  public Optional<String> missing(KernelFacts facts) {
    return loaded() ? Optional.empty() : builder.missing(facts);
  }

  @Override
  public Constants ensure(KernelFacts facts, int firstId) throws RuntimeRefusedException {
    Optional<Constants> open = open();
    if (open.isPresent()) {
      return open.get();
    }
    Path file = builder.build(facts);
    try {
      libc.loadModule(file, "first_id=" + firstId);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw refused(facts, file, e);
      }
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.MODULE_LOAD_FAILED, "xk-kfuncs.ko cannot be loaded: " + e.getMessage() + ".", e);
    }
    return open()
        .orElseThrow(
            () ->
                new RuntimeRefusedException(
                    Reason.MODULE_LOAD_FAILED,
                    "xk-kfuncs.ko was loaded, but is not there; see dmesg."));
  }

  private boolean loaded() {
    return Files.isDirectory(paths.sys().resolve("module/xk_kfuncs"));
  }

  /** A container's /dev may be older than the device: then the node is made from sysfs. */
  private Path device() throws IOException {
    if (!Files.exists(paths.device())) {
      String numbers = Files.readString(paths.sys().resolve("class/misc/xkernel/dev")).strip();
      String[] parts = numbers.split(":");
      libc.makeDevice(paths.device(), Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
    return paths.device();
  }

  private static RuntimeRefusedException refused(
      KernelFacts facts, Path file, SystemCallException e) {
    boolean security = e.errno() == Errno.EPERM || e.errno() == Errno.EKEYREJECTED;
    String why =
        security
            ? "the kernel takes only signed modules, or the process lacks CAP_SYS_MODULE"
            : e.errno() == Errno.ENOEXEC
                ? "it was built for another kernel than Linux "
                    + facts.release()
                    + "; delete "
                    + file.getParent()
                    + " and try again"
                : e.getMessage();
    return new RuntimeRefusedException(
        security ? Reason.LOCKDOWN : Reason.MODULE_LOAD_FAILED,
        "xk-kfuncs.ko was refused: " + why + ".",
        e);
  }
}

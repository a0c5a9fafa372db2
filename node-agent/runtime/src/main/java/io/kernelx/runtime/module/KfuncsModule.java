// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.libc.Libc;
import java.io.IOException;
import java.util.Optional;

/** xk-kfuncs in the running kernel. */
public final class KfuncsModule implements Kfuncs {
  private final ModuleLoader loader;
  private final Libc libc;
  private final String device;

  public KfuncsModule(RuntimePaths paths, ModuleBuilder builder, Libc libc) {
    this.loader = new ModuleLoader(paths, builder, libc, KernelModule.KFUNCS);
    this.libc = libc;
    this.device = paths.device().getFileName().toString();
  }

  @Override
  public Optional<Constants> open() throws RuntimeRefusedException {
    if (!loader.loaded()) {
      return Optional.empty();
    }
    try {
      XkDevice open = XkDevice.open(libc, loader.device(device));
      int abi = open.abi();
      if (abi < XkAbi.OLDEST) {
        open.close();
        throw new RuntimeRefusedException(
            Reason.ABI_MISMATCH,
            "The loaded xk-kfuncs speaks version "
                + abi
                + " of its interface, this agent needs "
                + XkAbi.OLDEST
                + "; revert every tunable on this node and unload it: rmmod xk_kfuncs.");
      }
      return Optional.of(open);
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.STATE_UNREADABLE,
          "The module xk-kfuncs is loaded, but its device cannot be used: " + e.getMessage() + ".",
          e);
    }
  }

  @Override
  public Optional<String> missing(KernelFacts facts) {
    return loader.missing(facts);
  }

  @Override
  public Constants ensure(KernelFacts facts, int firstId) throws RuntimeRefusedException {
    Optional<Constants> open = open();
    if (open.isPresent()) {
      return open.get();
    }
    loader.load(facts, "first_id=" + firstId);
    return open()
        .orElseThrow(
            () ->
                new RuntimeRefusedException(
                    Reason.MODULE_LOAD_FAILED,
                    "xk-kfuncs.ko was loaded, but is not there; see dmesg."));
  }
}

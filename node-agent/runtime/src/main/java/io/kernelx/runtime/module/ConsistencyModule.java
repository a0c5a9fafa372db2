// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.libc.Libc;
import java.io.IOException;
import java.util.Optional;

/** xk-consistency in the running kernel. */
public final class ConsistencyModule implements Consistency {
  private final ModuleLoader loader;
  private final Libc libc;

  public ConsistencyModule(RuntimePaths paths, ModuleBuilder builder, Libc libc) {
    this.loader = new ModuleLoader(paths, builder, libc, KernelModule.CONSISTENCY);
    this.libc = libc;
  }

  @Override
  public Optional<Transition> open() throws RuntimeRefusedException {
    if (!loader.loaded()) {
      return Optional.empty();
    }
    try {
      TransitionDevice device = TransitionDevice.open(libc, loader.device(TransitionAbi.DEVICE));
      int abi = device.abi();
      if (abi < TransitionAbi.VERSION) {
        device.close();
        throw new RuntimeRefusedException(
            Reason.ABI_MISMATCH,
            "The loaded xk-consistency speaks version "
                + abi
                + " of its interface, this agent needs "
                + TransitionAbi.VERSION
                + "; unload it when no transition runs: rmmod xk_consistency.");
      }
      return Optional.of(device);
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.STATE_UNREADABLE,
          "The module xk-consistency is loaded, but its device cannot be used: "
              + e.getMessage()
              + ".",
          e);
    }
  }

  @Override
  public Transition ensure(KernelFacts facts) throws RuntimeRefusedException {
    Optional<Transition> open = open();
    if (open.isPresent()) {
      return open.get();
    }
    loader.load(facts, "");
    return open()
        .orElseThrow(
            () ->
                new RuntimeRefusedException(
                    Reason.MODULE_LOAD_FAILED,
                    "xk-consistency.ko was loaded, but is not there; see dmesg."));
  }
}

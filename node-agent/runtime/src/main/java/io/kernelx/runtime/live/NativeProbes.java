// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.bpf.ForbiddenProbeException;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.live.Preparation.Prepared;
import io.kernelx.runtime.module.NativeModules;
import io.kernelx.sie.codegen.NativeSource;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kernel module of the constant's own, which has its probes. It stays when its process dies, as
 * pins do; while the constant is active the kernel does not let it be unloaded.
 */
final class NativeProbes implements Enforcement {
  private final KernelParts parts;

  NativeProbes(KernelParts parts) {
    this.parts = parts;
  }

  @Override
  public Form form() {
    return Form.NATIVE;
  }

  @Override
  public List<String> missing(KernelFacts facts) {
    return parts.natives().missing(facts).stream().toList();
  }

  /**
   * Returns why native probes are no choice to be made unasked, a sentence each; empty if they are.
   */
  List<String> unsuited(KernelFacts facts) {
    return Stream.of(parts.natives().missing(facts), parts.natives().unsuited(facts))
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public Path prepare(TunablePlan plan, KernelFacts facts) throws RuntimeRefusedException {
    try {
      return parts.natives().build(NativeSource.generate(plan), facts);
    } catch (InvalidPlanException e) {
      throw new RuntimeRefusedException(Reason.INVALID_PLAN, e.getMessage(), e);
    }
  }

  @Override
  public void attach(int id, Prepared prepared, Path artefact)
      throws RuntimeRefusedException, IOException {
    try {
      parts.natives().load(artefact, id);
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EILSEQ) {
        throw new ForbiddenProbeException(
            prepared.text().address(prepared.plan().sites().getFirst()), e);
      }
      throw e;
    }
    parts.observer().done(Step.PROGRAMS);
    parts.observer().done(Step.ATTACHED);
  }

  @Override
  public void detach(int id) throws IOException {
    Optional<String> module = parts.natives().find(id);
    if (module.isPresent()) {
      parts.natives().unload(module.get());
    }
  }

  /** All of a module's probes are there, or the module is not. */
  @Override
  public Standing standing(int id, int sites) throws IOException {
    Optional<String> module = parts.natives().find(id);
    if (module.isEmpty()) {
      return new Standing(0, 0, 0, 0, 0);
    }
    NativeModules.Counts c = parts.natives().counts(module.get());
    return new Standing(sites, c.hits(), c.applied(), c.denied(), c.missed());
  }
}

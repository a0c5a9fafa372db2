// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.bpf.Bpf;
import io.kernelx.runtime.bpf.ForbiddenProbeException;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.live.Preparation.Prepared;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.stub.StubCompiler;
import io.kernelx.runtime.stub.StubWriter;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * BPF programs, one per site. The module runs them, which costs a hit less than the kernel's own
 * way to a program does, and misses fewer; their pins say that they are wanted. Where it cannot,
 * because it is older or a program has maps that need the kernel's way, pinned links hold them.
 */
final class BpfProbes implements Enforcement {
  private static final Constants.Hosted NONE = new Constants.Hosted(0, 0);

  private final KernelParts parts;
  private final StubWriter writer;
  private final StubCompiler compiler;

  BpfProbes(KernelParts parts, StubWriter writer, StubCompiler compiler) {
    this.parts = parts;
    this.writer = writer;
    this.compiler = compiler;
  }

  @Override
  public Form form() {
    return Form.BPF;
  }

  @Override
  public List<String> missing(KernelFacts facts) {
    List<String> missing = new ArrayList<>(facts.withoutBpf());
    compiler.missing().ifPresent(missing::add);
    return missing;
  }

  @Override
  public Path prepare(TunablePlan plan, KernelFacts facts) throws RuntimeRefusedException {
    try {
      return compiler.compile(writer.write(plan));
    } catch (InvalidPlanException e) {
      throw new RuntimeRefusedException(Reason.INVALID_PLAN, e.getMessage(), e);
    }
  }

  @Override
  public void attach(int id, Prepared prepared, Path artefact)
      throws RuntimeRefusedException, IOException {
    List<ProbeSite> sites = prepared.plan().sites();
    try (Bpf.Stub stub = parts.bpf().get().load(artefact, id, sites.size());
        Constants constants = open()) {
      stub.pinStats(parts.pins().stats(id));
      parts.observer().done(Step.PROGRAMS);
      boolean hosted = hosted(constants, id, prepared, stub);
      for (ProbeSite site : sites) {
        Path pin = parts.pins().probe(id, site.id());
        if (hosted) {
          stub.pinProgram(site.id(), pin);
        } else {
          stub.attach(site.id(), prepared.text().address(site), pin);
        }
        parts.observer().done(Step.ATTACHED);
      }
    }
  }

  private Constants open() throws RuntimeRefusedException, IOException {
    return parts.kfuncs().open().orElseThrow(() -> new IOException("xk-kfuncs is gone"));
  }

  /** Has the module run all of a constant's programs, or none. */
  private static boolean hosted(Constants constants, int id, Prepared prepared, Bpf.Stub stub)
      throws IOException {
    if (constants.abi() < Constants.HOSTS_SINCE) {
      return false;
    }
    for (ProbeSite site : prepared.plan().sites()) {
      try {
        if (!constants.attach(id, site.id(), stub.program(site.id()))) {
          constants.detach(id);
          return false;
        }
      } catch (SystemCallException e) {
        if (e.errno() == Errno.EILSEQ) {
          throw new ForbiddenProbeException(prepared.text().address(site), e);
        }
        throw e;
      }
    }
    return true;
  }

  /** The kernel frees probes whose links are gone a little later. */
  @Override
  public void detach(int id) throws RuntimeRefusedException, IOException {
    parts.pins().removeProbes(id);
    asHost(
        id,
        constants -> {
          constants.detach(id);
          return NONE;
        });
  }

  /** Something that the module is asked about a constant's programs. */
  @FunctionalInterface
  private interface Question {
    Constants.Hosted ask(Constants constants) throws IOException;
  }

  /** Asks a module that can run programs and knows the constant. */
  private Constants.Hosted asHost(int id, Question question)
      throws RuntimeRefusedException, IOException {
    Optional<Constants> open = parts.kfuncs().open();
    if (open.isEmpty()) {
      return NONE;
    }
    try (Constants constants = open.get()) {
      return constants.abi() >= Constants.HOSTS_SINCE && constants.read(id).isPresent()
          ? question.ask(constants)
          : NONE;
    }
  }

  /** A probe whose pin is gone does not count, whoever runs its program. */
  @Override
  public Standing standing(int id, int sites) throws RuntimeRefusedException, IOException {
    Bpf bpf = parts.bpf().get();
    List<Path> pins = parts.pins().probes(id);
    Constants.Hosted hosted = asHost(id, constants -> constants.hosted(id));
    int probes = hosted.count() > 0 ? Math.min(pins.size(), hosted.count()) : pins.size();
    long hits = 0;
    long applied = 0;
    long denied = 0;
    long missed = hosted.missed();
    if (Files.exists(parts.pins().stats(id))) {
      for (int site = 0; site < pins.size(); site++) {
        Bpf.SiteStats stats = bpf.stats(parts.pins().stats(id), site);
        hits += stats.hits();
        applied += stats.applied();
        denied += stats.denied();
      }
    }
    if (hosted.count() == 0) {
      for (Path pin : pins) {
        missed += bpf.missed(pin);
      }
    }
    return new Standing(probes, hits, applied, denied, missed);
  }
}

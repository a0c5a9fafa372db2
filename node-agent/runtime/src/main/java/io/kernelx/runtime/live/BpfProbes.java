// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.bpf.Bpf;
import io.kernelx.runtime.live.Preparation.Prepared;
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

/** BPF programs, one per site, held by pinned links. */
final class BpfProbes implements Enforcement {
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
  public void attach(int id, Prepared prepared, Path artefact) throws IOException {
    List<ProbeSite> sites = prepared.plan().sites();
    try (Bpf.Stub stub = parts.bpf().get().load(artefact, id, sites.size())) {
      stub.pinStats(parts.pins().stats(id));
      parts.observer().done(Step.PROGRAMS);
      for (ProbeSite site : sites) {
        stub.attach(site.id(), prepared.text().address(site), parts.pins().link(id, site.id()));
        parts.observer().done(Step.ATTACHED);
      }
    }
  }

  /** The kernel frees probes whose links are gone a little later. */
  @Override
  public void detach(int id) throws IOException {
    parts.pins().removeLinks(id);
  }

  @Override
  public Standing standing(int id, int sites) throws IOException {
    Bpf bpf = parts.bpf().get();
    List<Path> links = parts.pins().links(id);
    long hits = 0;
    long applied = 0;
    long denied = 0;
    long missed = 0;
    if (Files.exists(parts.pins().stats(id))) {
      for (int site = 0; site < links.size(); site++) {
        Bpf.SiteStats stats = bpf.stats(parts.pins().stats(id), site);
        hits += stats.hits();
        applied += stats.applied();
        denied += stats.denied();
      }
    }
    for (Path link : links) {
      missed += bpf.missed(link);
    }
    return new Standing(links.size(), hits, applied, denied, missed);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.plan.ValueRange;
import java.util.ArrayList;
import java.util.List;

/** Small plans for tests: one unit, sites in the function named last. */
public final class PlanBuilder {
  private static final String NONE = "sha256:" + "0".repeat(64);

  private final List<PlannedFunction> functions = new ArrayList<>();
  private final List<ProbeSite> sites = new ArrayList<>();
  private final List<Hazard> hazards = new ArrayList<>();
  private final List<SafeSpan> spans = new ArrayList<>();
  private String constant = "A_CONSTANT";
  private String release = "6.12.0-test";
  private List<String> values = List.of("3", "4");

  /** Names the constant. */
  public PlanBuilder constant(String name) {
    constant = name;
    return this;
  }

  /** Names the kernel. */
  public PlanBuilder release(String name) {
    release = name;
    return this;
  }

  /** Says which values are proved, ascending. */
  public PlanBuilder values(String... proved) {
    values = List.of(proved);
    return this;
  }

  /** Adds a function. */
  public PlanBuilder function(
      String name, String text, List<Relocation> relocations, List<PatchSite> patchSites) {
    functions.add(
        new PlannedFunction(name, "unit.c", "vmlinux", ".text", text, relocations, patchSites));
    return this;
  }

  /** Adds a site that writes 32 bits of bp. */
  public PlanBuilder site(int offset, String expected, int spanStart, int spanEnd) {
    sites.add(
        new ProbeSite(
            sites.size(),
            functions.getLast().name(),
            "unit.c",
            offset,
            expected,
            ProbeSite.Kind.REGISTER,
            true,
            spanStart,
            spanEnd,
            List.of(offset),
            List.of(new ProbeSite.Write("bp", 32, "V")),
            0,
            List.of()));
    return this;
  }

  /** Adds a site that steps over its instruction and writes 32 bits of bp in its place. */
  public PlanBuilder skipping(int offset, String expected) {
    sites.add(
        new ProbeSite(
            sites.size(),
            functions.getLast().name(),
            "unit.c",
            offset,
            expected,
            ProbeSite.Kind.REGISTER,
            false,
            offset,
            offset + expected.length() / 2,
            List.of(offset),
            List.of(new ProbeSite.Write("bp", 32, "V")),
            expected.length() / 2,
            List.of()));
    return this;
  }

  PlanBuilder hazard(Hazard.Kind kind, int offset) {
    hazards.add(new Hazard(kind, functions.getLast().name(), offset, "It leaves.", ""));
    return this;
  }

  PlanBuilder span(int start, int end, boolean missable) {
    spans.add(
        new SafeSpan(
            functions.getLast().name(),
            "unit.c",
            start,
            end,
            SafeSpan.Source.WHOLE_FUNCTION,
            missable,
            ""));
    return this;
  }

  /** Returns the plan with its digest. */
  public TunablePlan build() {
    return PlanJson.withDigest(
        new TunablePlan(
            TunablePlan.SCHEMA,
            "test",
            constant,
            NONE,
            new KernelIdentity(release, NONE, NONE, "gcc"),
            "10",
            new ValueRange("1", "63"),
            List.of("unit.c"),
            functions,
            sites,
            spans,
            hazards,
            values.stream()
                .map(
                    v ->
                        new PlannedValue(
                            v,
                            PlannedValue.Form.OBSERVED,
                            PlannedValue.Proof.STRUCTURAL,
                            List.of()))
                .toList(),
            List.of(),
            NONE));
  }
}

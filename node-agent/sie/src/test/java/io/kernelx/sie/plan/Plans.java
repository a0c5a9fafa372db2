// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedFunction.SymbolKind;
import io.kernelx.sie.plan.ProbeSite.Write;
import java.util.List;

/** A small plan that holds together, for tests to bend. */
public final class Plans {

  private static final String DIGEST = "sha256:" + "0".repeat(64);

  private Plans() {}

  /** The same, with a site that steps over {@code addl $8,0x10(%rdi,%rcx,4)}. */
  public static TunablePlan steppingOver() {
    PlannedFunction f =
        new PlannedFunction(
            "f",
            "block/blk-mq.c",
            "vmlinux",
            ".text",
            "e80000000083448f1008730131c0",
            List.of(new Relocation(1, "R_X86_64_PLT32", "__fentry__", SymbolKind.GLOBAL, -4L)),
            List.of(new PatchSite(0, 5, "__mcount_loc")));
    ProbeSite site =
        new ProbeSite(
            0,
            f.name(),
            f.unit(),
            5,
            "83448f1008",
            ProbeSite.Kind.STORE,
            false,
            5,
            10,
            List.of(5),
            List.of(
                new Write("mem", 32, "mem + V"), new Write("flags", 64, "(u32)(mem + V) < (u32)V")),
            5,
            List.of(new ProbeSite.Memory("di", "cx", 4, 16, -1, 32)));
    return plan(f, site);
  }

  public static TunablePlan small() {
    PlannedFunction f =
        new PlannedFunction(
            "blk_add_rq_to_plug",
            "block/blk-mq.c",
            "vmlinux",
            ".text",
            "e80000000083e0e083c0406639c273610fb7c1",
            List.of(new Relocation(1, "R_X86_64_PLT32", "__fentry__", SymbolKind.GLOBAL, -4L)),
            List.of(new PatchSite(0, 5, "__mcount_loc")));
    ProbeSite site =
        new ProbeSite(
            0,
            f.name(),
            f.unit(),
            11,
            "6639c2",
            ProbeSite.Kind.IRREVERSIBLE,
            true,
            5,
            11,
            List.of(11),
            List.of(new Write("ax", 16, "((u8)cx < 1 ? -V : 0) + (2 * V)")),
            0,
            List.of());
    return plan(f, site);
  }

  private static TunablePlan plan(PlannedFunction f, ProbeSite site) {
    return PlanJson.withDigest(
        new TunablePlan(
            TunablePlan.SCHEMA,
            "1",
            "BLK_MAX_REQUEST_COUNT",
            DIGEST,
            new KernelIdentity("6.12.117+deb12-amd64", DIGEST, DIGEST, "gcc-12 (Debian) 12.2.0"),
            "32",
            new ValueRange("1", "63"),
            List.of("block/blk-mq.c"),
            List.of(f),
            List.of(site),
            List.of(
                new SafeSpan(
                    f.name(),
                    f.unit(),
                    0,
                    f.text().length() / 2,
                    SafeSpan.Source.WHOLE_FUNCTION,
                    false,
                    "")),
            List.of(new Hazard(Hazard.Kind.STORE, f.name(), 5, "Stored.", "")),
            List.of(
                new PlannedValue(
                    "48",
                    PlannedValue.Form.OBSERVED,
                    PlannedValue.Proof.STRUCTURAL,
                    List.of(new PlannedValue.SiteValue(0, List.of("96"))))),
            List.of(),
            ""));
  }
}

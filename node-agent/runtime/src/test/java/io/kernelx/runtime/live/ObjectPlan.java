// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Write;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.plan.ValueRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Makes plans of compiled objects with sites that are told it. */
final class ObjectPlan {
  private ObjectPlan() {}

  record Site(String unit, String function, String seed, String probe, Write write) {}

  static TunablePlan plan(
      Path build,
      String release,
      String constant,
      String original,
      List<String> values,
      List<Site> wanted)
      throws IOException {
    List<PlannedFunction> functions = new ArrayList<>();
    List<ProbeSite> sites = new ArrayList<>();
    List<SafeSpan> spans = new ArrayList<>();
    for (Site site : wanted) {
      Path object = build.resolve(site.unit().replaceAll("\\.c$", ".o"));
      ObjectFunction function =
          new ObjectReader(new Decoder())
              .read(Bytes.of(Files.readAllBytes(object)))
              .function(site.function())
              .orElseThrow();
      String text = HexFormat.of().formatHex(function.text().toArray());
      functions.add(
          new PlannedFunction(
              site.function(),
              site.unit(),
              "vmlinux",
              function.section(),
              text,
              function.relocations(),
              function.patchSites()));
      int seed = text.indexOf(site.seed()) / 2;
      int probe = text.indexOf(site.probe()) / 2;
      sites.add(
          new ProbeSite(
              sites.size(),
              site.function(),
              site.unit(),
              probe,
              site.probe(),
              ProbeSite.Kind.REGISTER,
              site.probe().length() >= 10,
              seed,
              probe,
              List.of(probe),
              List.of(site.write())));
      spans.add(
          new SafeSpan(site.function(), site.unit(), seed, probe, SafeSpan.Source.WHOLE_FUNCTION));
    }
    String none = "sha256:" + "0".repeat(64);
    return PlanJson.withDigest(
        new TunablePlan(
            TunablePlan.SCHEMA,
            "test",
            constant,
            none,
            new KernelIdentity(release, none, none, "gcc"),
            original,
            new ValueRange("1", "63"),
            wanted.stream().map(Site::unit).toList(),
            functions,
            sites,
            spans,
            List.of(),
            values.stream()
                .map(
                    v ->
                        new PlannedValue(
                            v, PlannedValue.Form.CLOSED, PlannedValue.Proof.STRUCTURAL, List.of()))
                .toList(),
            none));
  }

  static TunablePlan softirq(Path build, String release) throws IOException {
    return plan(
        build,
        release,
        "MAX_SOFTIRQ_RESTART",
        "10",
        List.of("3", "20"),
        List.of(
            new Site(
                "kernel/softirq.c",
                "handle_softirqs",
                "bd0a000000",
                "4489642414",
                new Write("bp", 32, "V"))));
  }

  static TunablePlan plug(Path build, String release) throws IOException {
    return plan(
        build,
        release,
        "BLK_MAX_REQUEST_COUNT",
        "32",
        List.of("4", "48"),
        List.of(
            new Site(
                "block/blk-mq.c",
                "blk_add_rq_to_plug",
                "80f901",
                "6639c2",
                new Write("ax", 16, "(u8)cx == 0 ? V : 2 * V")),
            new Site(
                "block/blk-core.c",
                "blk_start_plug_nr_ios",
                "ba20000000",
                "48c7472000000000",
                new Write("dx", 32, "V"))));
  }

  /** A plan whose stub writes more than the plan grants. */
  static TunablePlan tooWide(TunablePlan softirq) {
    return renamed(softirq, "WRITES_TOO_WIDE");
  }

  /** The same under another name. */
  static TunablePlan renamed(TunablePlan plan, String constant) {
    return PlanJson.withDigest(
        new TunablePlan(
            plan.schema(),
            plan.planner(),
            constant,
            plan.definitionDigest(),
            plan.kernel(),
            plan.original(),
            plan.range(),
            plan.units(),
            plan.functions(),
            plan.sites(),
            plan.spans(),
            plan.hazards(),
            plan.values(),
            plan.digest()));
  }

  /** The same, made of another text: one bit of one byte, outside of what the kernel patches. */
  static TunablePlan otherText(TunablePlan plan) {
    PlannedFunction function = plan.functions().getFirst();
    byte[] text = HexFormat.of().parseHex(function.text());
    text[8] ^= 1;
    PlannedFunction other =
        new PlannedFunction(
            function.name(),
            function.unit(),
            function.module(),
            function.section(),
            HexFormat.of().formatHex(text),
            function.relocations(),
            function.patchSites());
    List<PlannedFunction> functions = new ArrayList<>(plan.functions());
    functions.set(0, other);
    return PlanJson.withDigest(
        new TunablePlan(
            plan.schema(),
            plan.planner(),
            plan.constant(),
            plan.definitionDigest(),
            plan.kernel(),
            plan.original(),
            plan.range(),
            plan.units(),
            functions,
            plan.sites(),
            plan.spans(),
            plan.hazards(),
            plan.values(),
            plan.digest()));
  }
}

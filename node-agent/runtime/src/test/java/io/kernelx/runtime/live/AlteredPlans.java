// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.TunablePlan;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Plans that are right in form and wrong in substance. */
final class AlteredPlans {
  private AlteredPlans() {}

  /** A plan whose stub writes more than the plan grants. */
  static TunablePlan tooWide(TunablePlan softirq) {
    return renamed(softirq, "WRITES_TOO_WIDE");
  }

  /** The same under another name. */
  static TunablePlan renamed(TunablePlan plan, String constant) {
    return with(plan, constant, plan.functions(), plan.hazards());
  }

  /** The same, with hazards that nobody has looked at. */
  static TunablePlan unreviewed(TunablePlan plan) {
    List<Hazard> hazards = plan.hazards().stream().map(h -> h.withReview("")).toList();
    return with(plan, plan.constant(), plan.functions(), hazards);
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
    return with(plan, plan.constant(), functions, plan.hazards());
  }

  private static TunablePlan with(
      TunablePlan plan, String constant, List<PlannedFunction> functions, List<Hazard> hazards) {
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
            functions,
            plan.sites(),
            plan.spans(),
            hazards,
            plan.values(),
            plan.closed(),
            plan.digest()));
  }
}

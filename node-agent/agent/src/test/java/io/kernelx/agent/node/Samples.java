// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningSpec.PlanRef;
import io.kernelx.api.v1alpha1.OnStall;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.plan.ValueRange;
import java.util.List;
import java.util.stream.Stream;

/** Small plans, orders and resources. */
public final class Samples {
  public static final String RELEASE = "6.12.117+deb12-amd64";
  private static final String DIGEST = "sha256:" + "0a".repeat(32);

  private Samples() {}

  /** A plan without sites, with proofs for the values, which must be in ascending order. */
  public static TunablePlan plan(String constant, String release, String... values) {
    return PlanJson.withDigest(
        new TunablePlan(
            TunablePlan.SCHEMA,
            "1",
            constant,
            DIGEST,
            new KernelIdentity(release, DIGEST, DIGEST, "gcc-12"),
            "32",
            new ValueRange("1", "63"),
            List.of("block/blk-mq.c"),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Stream.of(values)
                .map(
                    v ->
                        new PlannedValue(
                            v,
                            PlannedValue.Form.OBSERVED,
                            PlannedValue.Proof.STRUCTURAL,
                            List.of()))
                .toList(),
            List.of(),
            ""));
  }

  public static NodeTunable apply(String uid, long revision, String value, TunablePlan plan) {
    return new NodeTunable(
        "t-" + uid,
        uid,
        revision,
        plan.constant(),
        value,
        ConsistencyMode.IMMEDIATE,
        null,
        null,
        TuningAction.APPLY,
        new PlanRef("build", plan.digest()));
  }

  /** The same order in another mode, with some time. */
  public static NodeTunable in(NodeTunable o, ConsistencyMode mode, String timeout) {
    return new NodeTunable(
        o.name(),
        o.uid(),
        o.revision(),
        o.constant(),
        o.value(),
        mode,
        timeout,
        o.onStall(),
        o.action(),
        o.plan());
  }

  /** The same order, to go on without an end. */
  public static NodeTunable keeping(NodeTunable o) {
    return new NodeTunable(
        o.name(),
        o.uid(),
        o.revision(),
        o.constant(),
        o.value(),
        o.mode(),
        o.timeout(),
        OnStall.KEEP,
        o.action(),
        o.plan());
  }

  /** A transition that a task held up. */
  public static TransitionReport stalled(TransitionReport.State state) {
    return new TransitionReport(
        Mode.PER_TASK,
        state,
        TransitionReport.Reason.TIMEOUT,
        120,
        1,
        3,
        9,
        410,
        5_012_345,
        new TransitionReport.Latencies(10, 20, 30, 40),
        List.of(new TransitionReport.StalledTask(4242, "fio", "blk_add_rq_to_plug")));
  }

  public static NodeTunable revert(String uid, long revision, String constant) {
    return new NodeTunable(
        "t-" + uid,
        uid,
        revision,
        constant,
        null,
        ConsistencyMode.IMMEDIATE,
        null,
        null,
        TuningAction.REVERT,
        null);
  }

  public static NodeTuning tuning(NodeTunable... orders) {
    NodeTuning tuning = new NodeTuning();
    tuning.setMetadata(
        new ObjectMetaBuilder().withName("n1").withUid("nt-uid").withGeneration(7L).build());
    tuning.setSpec(new NodeTuningSpec("n1", List.of(orders)));
    return tuning;
  }

  public static LoadedTunable loaded(
      String owner, String constant, String value, long revision, String planDigest, long hits) {
    return new LoadedTunable(
        1,
        constant,
        owner,
        revision,
        Mode.IMMEDIATE,
        planDigest,
        DIGEST,
        value,
        true,
        hits,
        hits,
        0,
        0,
        LoadedTunable.State.APPLIED,
        "",
        new FormChoice(Form.BPF, "a test's"),
        LoadedTunable.TextCoverage.NONE);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningSpec.PlanRef;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.ObservedNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small worlds for tests. */
public final class Fixtures {

  public static final String UID = "uid-1";
  public static final String BOOT = "boot-1";
  public static final String CONSTANT = "BLK_MAX_REQUEST_COUNT";
  public static final Instant NOW = Instant.parse("2026-11-23T06:00:00Z");
  public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  public static final PlanRef PLAN = new PlanRef("plan", "sha256:1");

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Fixtures() {}

  /** A tunable of generation 1, with more of its spec in {@code extra}. */
  public static KernelTunable tunable(String value, String extra) {
    return tunable("plug", UID, "2026-11-23T05:00:00Z", value, extra);
  }

  public static KernelTunable tunable(
      String name, String uid, String created, String value, String extra) {
    return YAML.unmarshal(
        """
        apiVersion: kernelx.io/v1alpha1
        kind: KernelTunable
        metadata: {name: %s, uid: %s, generation: 1, creationTimestamp: %s}
        spec:
          constant: {name: BLK_MAX_REQUEST_COUNT}
          value: %s
          consistency: {mode: Immediate}
          nodeSelector: {}
        %s
        """
            .formatted(name, uid, created, value, extra.indent(2)),
        KernelTunable.class);
  }

  public static NodeFacts facts(String name) {
    return new NodeFacts(name, "uid-" + name, Map.of("pool", "storage"), "amd64", BOOT, true);
  }

  public static NodeTunable order(long revision, String value) {
    return new NodeTunable(
        "plug",
        UID,
        revision,
        CONSTANT,
        value,
        ConsistencyMode.IMMEDIATE,
        null,
        null,
        TuningAction.APPLY,
        PLAN);
  }

  public static TunableReport report(long revision, NodeTunableState state) {
    return report(revision, state, BOOT);
  }

  public static TunableReport report(long revision, NodeTunableState state, String bootId) {
    return new TunableReport(
        "plug", UID, CONSTANT, revision, state, bootId, null, null, null, null, null, null, null,
        null);
  }

  /** A NodeTuning whose agent has seen it as it is. */
  public static NodeTuning tuning(
      String name, List<NodeTunable> orders, List<TunableReport> reports) {
    return tuning(name, orders, reports, 1L, 1L);
  }

  public static NodeTuning tuning(
      String name,
      List<NodeTunable> orders,
      List<TunableReport> reports,
      Long generation,
      Long observed) {
    NodeTuning tuning = new NodeTuning();
    tuning.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withUid("tuning-" + name)
            .withGeneration(generation)
            .build());
    tuning.setSpec(new NodeTuningSpec(name, orders));
    tuning.setStatus(
        new NodeTuningStatus(
            observed,
            BOOT,
            new NodeTuningStatus.Kernel("6.12", "abc", "amd64", "gcc", "none"),
            "test",
            List.of(),
            reports));
    return tuning;
  }

  public static ObservedNode node(
      String name, List<NodeTunable> orders, List<TunableReport> reports) {
    return new ObservedNode(
        name, Optional.of(facts(name)), Optional.of(tuning(name, orders, reports)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.ConsistencyMode;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.api.v1alpha1.TransitionOutcome;
import io.kernelx.testbed.ClusterNode;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One constant, all the way, in the order in which a user meets it; each step builds on the last.
 */
@InstalledTest
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobTest {

  private static final String NAME = "blk-plug-batch";
  private static final Duration FIRST = Duration.ofMinutes(12);
  private static final Duration SOON = Duration.ofMinutes(5);

  @Test
  @Order(1)
  void theStockKernelsSendBatchesOf32(Installation kernelx) {
    kernelx.beWhole();

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 32), entry(32));
  }

  @Test
  @Order(2)
  void oneResourceChangesBothKernels(Installation kernelx) {
    kernelx.apply(tunable(48, ConsistencyMode.PER_TASK));

    KernelTunableStatus status =
        kernelx.await(
            NAME, FIRST, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);

    assertThat(status.nodes().matched()).isEqualTo(2);
    assertThat(status.nodes().failed()).isZero();
    assertThat(status.kernels()).hasSize(2);
    assertThat(kernelx.client().resources(KernelBuild.class).list().getItems())
        .filteredOn(build -> build.getSpec().constant().equals("BLK_MAX_REQUEST_COUNT"))
        .as("one build for each kernel")
        .hasSize(2);
    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 48), entry(48));
    assertThat(kernelx.cluster().kubectl("get", "kerneltunables", NAME))
        .contains("BLK_MAX_REQUEST_COUNT")
        .contains("48")
        .contains("PerTask");
    assertMoved(kernelx, status, ConsistencyMode.PER_TASK);
  }

  @Test
  @Order(3)
  void anotherValueFlipsAndMovesNoProbe(Installation kernelx) {
    Map<String, String> before = pins(kernelx);

    kernelx.apply(tunable(4, ConsistencyMode.GLOBAL));
    KernelTunableStatus status =
        kernelx.await(NAME, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 4), entry(4));
    assertMoved(kernelx, status, ConsistencyMode.GLOBAL);
    assertThat(pins(kernelx)).isEqualTo(before);
  }

  @Test
  @Order(4)
  void killingTheAgentsChangesNothing(Installation kernelx) {
    Map<String, String> before = pins(kernelx);
    kernelx
        .cluster()
        .kubectl(
            "-n",
            Installation.NAMESPACE,
            "delete",
            "pods",
            "-l",
            "app.kubernetes.io/component=agent",
            "--force",
            "--grace-period=0");

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 4), entry(4));
    assertThat(pins(kernelx)).isEqualTo(before);
    kernelx
        .cluster()
        .kubectl(
            "-n",
            Installation.NAMESPACE,
            "wait",
            "daemonset/kernelx-agent",
            "--for=jsonpath={.status.numberReady}=2",
            "--timeout=5m");
    kernelx.await(NAME, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);
    assertThat(pins(kernelx)).as("the new agents found what was loaded").isEqualTo(before);
  }

  @Test
  @Order(5)
  void aProbeTakenAwayIsPutBack(Installation kernelx) {
    ClusterNode node = kernelx.cluster().node("node-cloud");
    Map<String, String> before = pins(kernelx);
    node.shell("rm $(find /sys/fs/bpf/xkernel -name 'probe_*' | head -n 1)");

    kernelx.eventually(
        "as many probes as before, one of them new",
        SOON,
        () ->
            pins(kernelx).get(node.name()).lines().count()
                    == before.get(node.name()).lines().count()
                && !pins(kernelx).equals(before));
    kernelx.await(NAME, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 4), entry(4));
  }

  @Test
  @Order(6)
  void deletingGivesTheKernelsTheirOwnValueBack(Installation kernelx) {
    kernelx.delete(NAME, SOON);

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 32), entry(32));
    assertThat(pins(kernelx).values()).as("nothing is pinned any more").containsOnly("");
  }

  @Test
  @Order(7)
  void theKernelsHaveNothingToComplainOf(Installation kernelx) {
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(kernelx.complaints(node)).as("the kernel's log of %s", node.name()).isEmpty();
    }
  }

  /** Each node's last transition was of this mode and left no task behind, and status says so. */
  private static void assertMoved(
      Installation kernelx, KernelTunableStatus status, ConsistencyMode mode) {
    assertThat(status.target().mode()).isEqualTo(mode);
    assertThat(status.waiting()).isEmpty();
    assertThat(status.transition().max()).matches("[0-9.]+m?s");
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(
              kernelx
                  .client()
                  .resources(NodeTuning.class)
                  .withName(node.name())
                  .get()
                  .getStatus()
                  .tunables())
          .filteredOn(report -> report.name().equals(NAME))
          .extracting(TunableReport::transition)
          .singleElement()
          .satisfies(transition -> assertThat(transition.mode()).isEqualTo(mode))
          .satisfies(
              transition -> assertThat(transition.outcome()).isEqualTo(TransitionOutcome.COMPLETED))
          .satisfies(transition -> assertThat(transition.startedAt()).isNotNull())
          .satisfies(transition -> assertThat(transition.duration()).isNotNull())
          .satisfies(transition -> assertThat(transition.pendingTasks()).isZero())
          .satisfies(transition -> assertThat(transition.stalled()).isEmpty());
    }
  }

  private static Map.Entry<String, Integer> entry(int size) {
    return Map.entry("node-cloud", size);
  }

  private static Map<String, Integer> largestBatches(Installation kernelx) {
    return kernelx.cluster().nodes().stream()
        .collect(Collectors.toMap(ClusterNode::name, node -> kernelx.batches(node).lastKey()));
  }

  /** The pins and their inodes: a probe that was attached anew would have another one. */
  private static Map<String, String> pins(Installation kernelx) {
    return kernelx.cluster().nodes().stream()
        .collect(
            Collectors.toMap(
                ClusterNode::name,
                node ->
                    node.shell(
                        "! [ -d /sys/fs/bpf/xkernel ] || find /sys/fs/bpf/xkernel -name 'probe_*'"
                            + " -printf '%i %p\\n' | sort")));
  }

  private static String tunable(int value, ConsistencyMode mode) {
    return TunableYaml.of(NAME, "BLK_MAX_REQUEST_COUNT", value).in(mode).text();
  }
}

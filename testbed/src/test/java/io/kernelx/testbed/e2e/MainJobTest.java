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
import io.kernelx.testbed.TestbedCommand.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One constant, all the way, in the order in which a user meets it; each step builds on the last.
 * Nodes choose the form, which is native.
 */
@InstalledTest
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobTest {

  private static final String NAME = "blk-plug-batch";
  private static final Duration FIRST = Duration.ofMinutes(20);
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
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(kernelx.forms(node)).containsEntry("BLK_MAX_REQUEST_COUNT", "native");
    }
    assertThat(probes(kernelx).values()).doesNotContain("");
    assertMoved(kernelx, status, ConsistencyMode.PER_TASK);
  }

  @Test
  @Order(3)
  void anotherValueFlipsAndMovesNoProbe(Installation kernelx) {
    Map<String, String> before = probes(kernelx);

    kernelx.apply(tunable(4, ConsistencyMode.GLOBAL));
    KernelTunableStatus status =
        kernelx.await(NAME, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 4), entry(4));
    assertMoved(kernelx, status, ConsistencyMode.GLOBAL);
    assertThat(probes(kernelx)).isEqualTo(before);
  }

  @Test
  @Order(4)
  void killingTheAgentsChangesNothing(Installation kernelx) {
    Map<String, String> before = probes(kernelx);
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
    assertThat(probes(kernelx)).isEqualTo(before);
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
    assertThat(probes(kernelx)).as("the new agents found what was loaded").isEqualTo(before);
  }

  @Test
  @Order(5)
  void noProbeCanBeTakenAway(Installation kernelx) {
    Map<String, String> before = probes(kernelx);
    for (ClusterNode node : kernelx.cluster().nodes()) {
      Outcome taken = node.exec("sh", "-c", "rmmod $(cd /sys/module && ls -d xk_native_*)");
      assertThat(taken.status()).isNotZero();
      assertThat(taken.err() + taken.out()).contains("in use");
    }
    assertThat(probes(kernelx)).isEqualTo(before);
  }

  @Test
  @Order(6)
  void deletingGivesTheKernelsTheirOwnValueBack(Installation kernelx) {
    kernelx.delete(NAME, SOON);

    assertThat(largestBatches(kernelx)).containsOnly(Map.entry("node-amd64", 32), entry(32));
    assertThat(probes(kernelx).values()).as("no module has probes any more").containsOnly("");
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(kernelx.loaded(node)).as("what is pinned on %s", node.name()).isEmpty();
    }
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

  /** What has the probes, and its inode: loaded anew it would have another one. */
  private static Map<String, String> probes(Installation kernelx) {
    return kernelx.cluster().nodes().stream()
        .collect(
            Collectors.toMap(
                ClusterNode::name,
                node ->
                    node.shell(
                        "find /sys/module -maxdepth 1 -name 'xk_native_*' -printf '%i %p\\n'"
                            + " | sort")));
  }

  private static String tunable(int value, ConsistencyMode mode) {
    return TunableYaml.of(NAME, "BLK_MAX_REQUEST_COUNT", value).in(mode).text();
  }
}

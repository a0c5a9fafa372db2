// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.testbed.Cluster;
import io.kernelx.testbed.ClusterNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The bed is a real cluster: what later tests rely on, each part seen working while the operator
 * starts.
 */
@InstalledTest
@Order(0)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BedTest {

  private static final String NAMESPACE = "bed-test";

  @BeforeAll
  static void pods(Installation kernelx) throws IOException {
    kernelx.beginBuildingOnNodesWithoutClang();
    Cluster cluster = kernelx.cluster();
    KubernetesClient client = cluster.client();
    cluster.kubectl("create", "namespace", NAMESPACE);
    try (var manifest = BedTest.class.getResourceAsStream("probe.yaml")) {
      client.load(manifest).inNamespace(NAMESPACE).create();
    }
    client
        .apps()
        .daemonSets()
        .inNamespace(NAMESPACE)
        .withName("probe")
        .waitUntilCondition(
            set ->
                set.getStatus() != null
                    && set.getStatus().getNumberReady() != null
                    && set.getStatus().getNumberReady() == cluster.nodes().size(),
            5,
            TimeUnit.MINUTES);
  }

  @AfterAll
  static void noPods(Cluster cluster) {
    cluster.kubectl("delete", "namespace", NAMESPACE, "--wait=false");
  }

  @Test
  @Order(1)
  void bothNodesAreReadyOnDifferentStockKernels(Cluster cluster) {
    List<Node> nodes = cluster.client().nodes().list().getItems();
    assertThat(nodes).hasSize(2).allMatch(BedTest::isReady);
    assertThat(nodes)
        .allSatisfy(
            node -> assertThat(node.getMetadata().getLabels()).containsEntry("pool", "storage"))
        .extracting(node -> node.getStatus().getNodeInfo().getKernelVersion())
        .doesNotHaveDuplicates()
        .anyMatch(release -> release.matches("6\\.12\\.\\d+\\+deb12-amd64"))
        .anyMatch(release -> release.matches("6\\.12\\.\\d+\\+deb12-cloud-amd64"));
  }

  @Test
  @Order(2)
  void aPrivilegedPodRunsOnEachNodeAndAnswersLogsAndExec(Cluster cluster) {
    List<Pod> pods = probes(cluster);
    assertThat(pods)
        .extracting(pod -> pod.getSpec().getNodeName())
        .doesNotHaveDuplicates()
        .hasSize(2);
    for (Pod pod : pods) {
      String name = pod.getMetadata().getName();
      assertThat(cluster.client().pods().inNamespace(NAMESPACE).withName(name).getLog())
          .contains("probe up");
      String release = cluster.node(pod.getSpec().getNodeName()).shell("uname -r");
      assertThat(inPod(cluster, name, "uname", "-r")).isEqualTo(release);
      assertThat(inPod(cluster, name, "ls", "/lib/modules")).contains(release);
    }
  }

  @Test
  @Order(3)
  void aServiceAnswersFromEachPodOfBothNodes(Cluster cluster) {
    String address =
        cluster
            .client()
            .services()
            .inNamespace(NAMESPACE)
            .withName("probe")
            .get()
            .getSpec()
            .getClusterIP();
    String pod = probes(cluster).getFirst().getMetadata().getName();
    Set<String> answered = new HashSet<>();
    for (int i = 0; i < 40 && answered.size() < 2; i++) {
      answered.add(inPod(cluster, pod, "wget", "-qO-", "http://" + address));
    }
    assertThat(answered)
        .as("names of the pods that answered")
        .containsExactlyInAnyOrderElementsOf(
            probes(cluster).stream().map(p -> p.getMetadata().getName()).toList());
  }

  @Test
  @Order(4)
  void aNodeHasWhatModulesProbesAndLoadsNeed(Cluster cluster) {
    for (ClusterNode node : cluster.nodes()) {
      node.shell("test -e /lib/modules/$(uname -r)/build/Module.symvers");
      node.shell("/lib/modules/$(uname -r)/build/scripts/basic/fixdep; test $? -le 1");
      node.shell("test -r /boot/config-$(uname -r)");
      node.shell(
          "for fs in bpf debugfs tracefs securityfs configfs; do grep -qw $fs /proc/mounts; done");
      node.shell("modprobe null_blk && test -b /dev/nullb0");
      assertThat(node.shell("command -v gcc || echo none")).isEqualTo("none");
    }
  }

  private static List<Pod> probes(Cluster cluster) {
    return cluster
        .client()
        .pods()
        .inNamespace(NAMESPACE)
        .withLabels(Map.of("app", "probe"))
        .list()
        .getItems();
  }

  /** Runs a command in a pod through the API server, as kubectl exec does. */
  private static String inPod(Cluster cluster, String pod, String... command) {
    var out = new java.io.ByteArrayOutputStream();
    try (var watch =
        cluster
            .client()
            .pods()
            .inNamespace(NAMESPACE)
            .withName(pod)
            .writingOutput(out)
            .exec(command)) {
      assertThat(watch.exitCode().get(60, TimeUnit.SECONDS)).isZero();
      return out.toString(StandardCharsets.UTF_8).strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(List.of(command) + " in " + pod, e);
    }
  }

  private static boolean isReady(Node node) {
    return node.getStatus().getConditions().stream()
        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }
}

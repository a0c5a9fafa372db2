// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.testbed.ClusterNode;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A node whose xk-kfuncs is another than its agent's, one that is down for a while, and the end of
 * the whole installation.
 */
@InstalledTest
@Order(4)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndTest {

  private static final String DELETED = "deleted";
  private static final String KEPT = "kept";
  private static final Duration SOON = Duration.ofMinutes(8);

  @Test
  @Order(1)
  void whereAnotherXkKfuncsIsLoadedBpfServes(Installation kernelx) {
    kernelx.beWhole();
    apply(kernelx, DELETED, "MAX_SOFTIRQ_RESTART", 5);
    AnotherBuild.of(up(kernelx));
    apply(kernelx, KEPT, "BLK_MAX_REQUEST_COUNT", 48);

    assertThat(kernelx.forms(up(kernelx)))
        .containsOnly(
            entry("MAX_SOFTIRQ_RESTART", "native"), entry("BLK_MAX_REQUEST_COUNT", "bpf"));
    assertThat(kernelx.forms(down(kernelx)))
        .containsOnly(
            entry("MAX_SOFTIRQ_RESTART", "native"), entry("BLK_MAX_REQUEST_COUNT", "native"));
  }

  private static void apply(Installation kernelx, String name, String constant, int value) {
    kernelx.apply(TunableYaml.of(name, constant, value).text());
    kernelx.await(name, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);
  }

  /** Meanwhile a probe is taken away on the other node, which is put back. */
  @Test
  @Order(2)
  void deletingWhileANodeIsDownWaitsForItAndSaysSo(Installation kernelx) {
    String before = pins(up(kernelx));
    up(kernelx).shell("rm " + before.lines().findFirst().orElseThrow().split(" ")[1]);
    ClusterNode down = down(kernelx);
    String boot = down.bootId();
    down.shell("echo kept >/var/lib/kernelx/end-test && sync");
    down.stop();
    try {
      kernelx.tunable(DELETED).delete();

      kernelx.eventually(
          "a condition that says what deletion waits for",
          SOON,
          () -> {
            KernelTunableStatus status = kernelx.tunable(DELETED).get().getStatus();
            return Statuses.is(status, "Ready", "False", "WaitingForNodes");
          });
      assertThat(kernelx.tunable(DELETED).get().getMetadata().getFinalizers()).isNotEmpty();
    } finally {
      down.start();
    }
    assertThat(down.bootId()).isNotEqualTo(boot);
    assertThat(down.shell("cat /var/lib/kernelx/end-test")).isEqualTo("kept");
    // Its kernel has its own values: that counts as reverted.
    kernelx.eventually(DELETED + " to be gone", SOON, () -> kernelx.tunable(DELETED).get() == null);
    kernelx.eventually(
        "as many pins of probes as before, all of them new",
        SOON,
        () -> {
          String now = pins(up(kernelx));
          return now.lines().count() == before.lines().count()
              && before.lines().noneMatch(now::contains);
        });
    assertThat(kernelx.batches(up(kernelx)).lastKey()).isEqualTo(48);
  }

  /** The pins of BPF probes and their inodes: a probe that was attached anew has another one. */
  private static String pins(ClusterNode node) {
    return node.shell("find /sys/fs/bpf/xkernel -name '*_[0-9]*' -printf '%i %p\\n' | sort");
  }

  @Test
  @Order(3)
  void aNodeThatRebootsSoonAfterAnApplyIsLeftAlone(Installation kernelx) {
    KernelTunableStatus status =
        kernelx.await(KEPT, SOON, s -> s.nodes() != null && s.nodes().failed() == 1);
    assertThat(status.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.node()).isEqualTo("node-cloud"))
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo("RebootedSoonAfter"));
    assertThat(status.nodes().applied()).isEqualTo(1);
    assertThat(kernelx.loaded(down(kernelx))).isEmpty();
  }

  @Test
  @Order(4)
  void uninstallingGivesEveryKernelItsOwnValuesBack(Installation kernelx) {
    ClusterNode changed = up(kernelx);
    assertThat(kernelx.loaded(changed)).isNotEmpty();

    kernelx.uninstall();

    assertThat(kernelx.loaded(changed)).isEmpty();
    assertThat(kernelx.cluster().kubectl("get", "customresourcedefinitions"))
        .doesNotContain("kernelx.io");
    assertThat(kernelx.cluster().kubectl("-n", Installation.NAMESPACE, "get", "daemonsets"))
        .doesNotContain("kernelx-agent");
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(kernelx.complaints(node)).as("the kernel's log of %s", node.name()).isEmpty();
      KeptModules.of(node);
    }
  }

  private static ClusterNode up(Installation kernelx) {
    return kernelx.cluster().node("node-amd64");
  }

  private static ClusterNode down(Installation kernelx) {
    return kernelx.cluster().node("node-cloud");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.testbed.ClusterNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A node that is down for a while, and the end of the whole installation. */
@InstalledTest
@Order(4)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndTest {

  private static final String DELETED = "deleted";
  private static final String KEPT = "kept";
  private static final Duration SOON = Duration.ofMinutes(8);

  @Test
  @Order(1)
  void deletingWhileANodeIsDownWaitsForItAndSaysSo(Installation kernelx) {
    kernelx.beWhole();
    kernelx.apply(TunableYaml.of(DELETED, "MAX_SOFTIRQ_RESTART", 5).text());
    kernelx.apply(TunableYaml.of(KEPT, "BLK_MAX_REQUEST_COUNT", 48).text());
    for (String name : List.of(DELETED, KEPT)) {
      kernelx.await(name, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);
    }
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
  }

  @Test
  @Order(2)
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
  @Order(3)
  void uninstallingGivesEveryKernelItsOwnValuesBack(Installation kernelx) {
    ClusterNode changed = kernelx.cluster().node("node-amd64");
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

  private static ClusterNode down(Installation kernelx) {
    return kernelx.cluster().node("node-cloud");
  }
}

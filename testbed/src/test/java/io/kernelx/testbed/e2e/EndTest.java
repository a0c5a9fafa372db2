// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.testbed.ClusterNode;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A node that reboots soon after a change, and the end of the whole installation. */
@InstalledTest
@Order(4)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndTest {

  private static final String NAME = "softirq-restart";
  private static final Duration SOON = Duration.ofMinutes(8);

  @Test
  @Order(1)
  void aNodeThatRebootsSoonAfterAnApplyIsLeftAlone(Installation kernelx) {
    kernelx.beWhole();
    kernelx.apply(
        """
        apiVersion: kernelx.io/v1alpha1
        kind: KernelTunable
        metadata: {name: softirq-restart}
        spec:
          constant: {name: MAX_SOFTIRQ_RESTART}
          value: 5
          consistency: {mode: Immediate}
          nodeSelector: {matchLabels: {pool: storage}}
        """);
    kernelx.await(NAME, SOON, s -> Statuses.is(s, "Ready", "True") && s.nodes().applied() == 2);
    ClusterNode rebooted = kernelx.cluster().node("node-cloud");
    String before = rebooted.bootId();
    rebooted.shell("echo kept >/var/lib/kernelx/end-test");

    rebooted.reboot();

    assertThat(rebooted.bootId()).isNotEqualTo(before);
    assertThat(rebooted.shell("cat /var/lib/kernelx/end-test")).isEqualTo("kept");

    KernelTunableStatus status =
        kernelx.await(NAME, SOON, s -> s.nodes() != null && s.nodes().failed() == 1);
    assertThat(status.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.node()).isEqualTo("node-cloud"))
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo("RebootedSoonAfter"));
    assertThat(status.nodes().applied()).isEqualTo(1);
    assertThat(kernelx.loaded(rebooted)).isEmpty();
  }

  @Test
  @Order(2)
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
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.testbed.ClusterNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * An agent image that lacks the compiler of the stubs: said in a sentence, and nothing is loaded.
 */
@InstalledTest
@Order(3)
class IncompleteImageTest {

  private static final String NAME = "incomplete-image";
  private static final Duration LATER = Duration.ofMinutes(8);

  @BeforeEach
  void install(Installation kernelx) {
    kernelx.install("--set", "agent.image.repository=localhost/kernelx/agent-without-clang");
  }

  @AfterEach
  void backToTheWholeImage(Installation kernelx) {
    kernelx.delete(NAME, LATER);
    kernelx.install();
  }

  @Test
  void whatIsMissingIsNamed(Installation kernelx) {
    kernelx.apply(
        """
        apiVersion: kernelx.io/v1alpha1
        kind: KernelTunable
        metadata: {name: incomplete-image}
        spec:
          constant: {name: MAX_SOFTIRQ_RESTART}
          value: 3
          consistency: {mode: Immediate}
          nodeSelector: {matchLabels: {pool: storage}}
        """);

    KernelTunableStatus status =
        kernelx.await(NAME, LATER, s -> s.nodes() != null && s.nodes().failed() == 2);

    assertThat(status.failures())
        .hasSize(2)
        .allSatisfy(failure -> assertThat(failure.message()).contains("clang"));
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(node.shell("ls /sys/fs/bpf/xkernel 2>/dev/null || true")).isEmpty();
    }
  }
}

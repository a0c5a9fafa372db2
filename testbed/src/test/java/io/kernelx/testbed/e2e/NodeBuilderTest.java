// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.testbed.ClusterNode;
import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * No builder is named, so a node makes the plan for its own kernel, from the source on its disk.
 * Its agent is to load BPF stubs, and its image lacks their compiler, which is said and mended: by
 * a whole image, and nodes may choose the form again. Each step builds on the last.
 */
@InstalledTest
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeBuilderTest {

  private static final String NAME = "budget-delay";
  private static final String NODE = "node-cloud";
  private static final Duration BUILT = Duration.ofMinutes(20);
  private static final Duration SOON = Duration.ofMinutes(8);

  @Test
  @Order(1)
  void aNodeMakesThePlanForItsOwnKernel(Installation kernelx) {
    kernelx.buildOnNodesWithoutClang();
    // What an earlier build left in a node's cache: the source's generated headers, and no objects.
    node(kernelx).shell("cp -a /usr/src/linux-source/cache/. /var/lib/kernelx/");
    assertThat(node(kernelx).shell("ls /var/lib/kernelx")).doesNotContain("objects");
    node(kernelx).shell("rm -rf $(dirname /var/lib/kernelx/modules/*/xk-kfuncs.ko)");

    kernelx.apply(
        TunableYaml.of(NAME, "BLK_MQ_BUDGET_DELAY", 9)
            .on("{matchLabels: {kubernetes.io/hostname: node-cloud}}")
            .text());
    kernelx.await(NAME, BUILT, s -> Statuses.is(s, "Built", "True"));

    assertThat(kernelx.client().resources(BuildReport.class).list().getItems())
        .singleElement()
        .satisfies(report -> assertThat(report.getSpec().builder()).isEqualTo(NODE));
  }

  @Test
  @Order(2)
  void whatItsImageLacksIsNamed(Installation kernelx) {
    KernelTunableStatus status =
        kernelx.await(NAME, SOON, s -> s.nodes() != null && s.nodes().failed() == 1);

    assertThat(status.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.message()).contains("clang"));
    assertThat(kernelx.loaded(node(kernelx))).isEmpty();
  }

  @Test
  @Order(3)
  void aWholeImageMendsIt(Installation kernelx) {
    kernelx.beWhole();

    KernelTunableStatus status = kernelx.await(NAME, SOON, s -> Statuses.is(s, "Ready", "True"));

    assertThat(status.nodes().applied()).isEqualTo(1);
    assertThat(kernelx.forms(node(kernelx))).containsOnly(entry("BLK_MQ_BUDGET_DELAY", "native"));
    kernelx.delete(NAME, SOON);
    assertThat(kernelx.loaded(node(kernelx))).isEmpty();
    assertThat(kernelx.complaints(node(kernelx))).isEmpty();
  }

  private static ClusterNode node(Installation kernelx) {
    return kernelx.cluster().node(NODE);
  }
}

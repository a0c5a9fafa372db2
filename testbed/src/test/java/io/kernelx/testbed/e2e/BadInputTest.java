// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.testbed.ClusterNode;
import io.kernelx.testbed.TestbedCommand.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What users get wrong, and what goes wrong around them: one clear sentence, and a safe state. */
@InstalledTest
@Order(3)
class BadInputTest {

  private static final Duration SOON = Duration.ofMinutes(3);
  private static final Duration LATER = Duration.ofMinutes(8);

  private static final String NAME = "bad-input";
  private static final String MADE_HERE = "{matchLabels: {made-by: bad-input}}";

  @BeforeEach
  void wholeInstallation(Installation kernelx) {
    kernelx.beWhole();
  }

  @AfterEach
  void nothingIsLeft(Installation kernelx) {
    kernelx.client().nodes().withLabel("made-by", NAME).delete();
    if (kernelx.tunable(NAME).get() != null) {
      kernelx.delete(NAME, LATER);
    }
    for (ClusterNode node : kernelx.cluster().nodes()) {
      assertThat(kernelx.loaded(node)).as("what is loaded on %s", node.name()).isEmpty();
    }
  }

  @Test
  void anUnknownConstantIsNamed(Installation kernelx) {
    kernelx.apply(tunable("NO_SUCH_CONSTANT", 5).on("{}").text());

    KernelTunableStatus status =
        kernelx.await(NAME, SOON, s -> Statuses.is(s, "Accepted", "False", "UnknownConstant"));

    assertThat(message(status, "Accepted")).contains("NO_SUCH_CONSTANT");
    assertThat(Statuses.is(status, "Ready", "False")).isTrue();
    kernelx.eventually(
        "an event that says so",
        SOON,
        () -> kernelx.events(NAME).stream().anyMatch(e -> e.getMessage().contains("NO_SUCH")));
  }

  @Test
  void valueAndPolicyTogetherAreRefusedAtApply(Installation kernelx) {
    Outcome answer =
        kernelx.applying(
            tunable("MAX_SOFTIRQ_RESTART", 5)
                .on("{}")
                .with("policy: {configMapRef: {namespace: default, name: p}, key: k}")
                .text());

    assertThat(answer.status()).isNotZero();
    assertThat(answer.err()).contains("give exactly one of value and policy");
    assertThat(kernelx.tunable(NAME).get()).isNull();
  }

  @Test
  void aValueThatNoProofCoversStaysOut(Installation kernelx) {
    kernelx.apply(tunable("BLK_MAX_REQUEST_COUNT", 64).text());

    KernelTunableStatus status =
        kernelx.await(NAME, LATER, s -> Statuses.is(s, "Built", "False", "ValueOutOfRange"));

    assertThat(message(status, "Built")).contains("64").contains("63");
    assertThat(status.nodes().applied()).isZero();
  }

  @Test
  void aNodeThatIsNotX86IsCountedApart(Installation kernelx) {
    node(kernelx, "bad-input-arm", "arm64", "6.12.0-arm64");
    kernelx.apply(tunable("MAX_SOFTIRQ_RESTART", 5).on(MADE_HERE).text());

    KernelTunableStatus status =
        kernelx.await(NAME, SOON, s -> s.nodes() != null && s.nodes().unsupported() == 1);

    assertThat(status.nodes().applied()).isZero();
    assertThat(message(status, "Ready")).containsIgnoringCase("x86-64");
  }

  @Test
  void aKernelWithoutMatchingSourceIsRefused(Installation kernelx) {
    node(kernelx, "bad-input-odd", "amd64", "6.12.1-nobody-built-this");
    kernelx.apply(tunable("MAX_SOFTIRQ_RESTART", 5).on(MADE_HERE).text());
    kernelx.eventually(
        "the node's NodeTuning",
        SOON,
        () -> kernelx.client().resources(NodeTuning.class).withName("bad-input-odd").get() != null);
    // No agent runs on a node without a machine: this is what one would report.
    kernelx
        .cluster()
        .kubectl(
            "patch",
            "nodetuning",
            "bad-input-odd",
            "--subresource=status",
            "--type=merge",
            "-p",
            """
            {"status":{"bootId":"11111111-1111-1111-1111-111111111111","agentVersion":"test",
             "kernel":{"release":"6.12.1-nobody-built-this","buildId":"00ff00ff00ff00ff",
             "arch":"x86_64","compiler":"gcc 12","lockdown":"none"}}}
            """);

    KernelTunableStatus status =
        kernelx.await(NAME, LATER, s -> Statuses.is(s, "Built", "False", "SourceNotFound"));

    assertThat(message(status, "Built")).contains("install linux-image-6.12.1-nobody-built-this");
    kernelx.client().nodes().withName("bad-input-odd").delete();
  }

  @Test
  void aKernelWhoseTextDiffersIsLeftAlone(Installation kernelx) {
    kernelx.apply(tunable("MAX_SOFTIRQ_RESTART", 7).with("activation: DryRun").text());
    kernelx.await(NAME, LATER, s -> Statuses.is(s, "Built", "True"));
    for (BuildReport report : reports(kernelx)) {
      String plan = TamperedPlan.withOneByteFlipped(report.getStatus().plan());
      kernelx.client().resource(report).editStatus(r -> TamperedPlan.reporting(r, plan));
    }
    kernelx.eventually(
        "the operator to take the altered plans over",
        SOON,
        () ->
            kernelx.client().resources(KernelBuild.class).list().getItems().stream()
                .filter(b -> b.getSpec().constant().equals("MAX_SOFTIRQ_RESTART"))
                .allMatch(b -> TamperedPlan.isAltered(b.getStatus().plan())));

    kernelx.apply(tunable("MAX_SOFTIRQ_RESTART", 7).with("activation: Enforce").text());

    KernelTunableStatus status =
        kernelx.await(NAME, LATER, s -> s.nodes() != null && s.nodes().failed() == 2);
    assertThat(status.failures())
        .hasSize(2)
        .allSatisfy(failure -> assertThat(failure.reason()).isEqualTo("LiveTextMismatch"))
        .allSatisfy(failure -> assertThat(failure.message()).contains("handle_softirqs"));
    assertThat(status.nodes().applied()).isZero();
  }

  private static List<BuildReport> reports(Installation kernelx) {
    return kernelx.client().resources(BuildReport.class).list().getItems().stream()
        .filter(report -> report.getMetadata().getName().startsWith("max-softirq-restart-"))
        .filter(report -> report.getStatus() != null && report.getStatus().plan() != null)
        .toList();
  }

  private static String message(KernelTunableStatus status, String condition) {
    return Statuses.condition(status, condition).orElseThrow().getMessage();
  }

  private static void node(Installation kernelx, String name, String arch, String release) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("made-by", NAME)
            .addToLabels("kubernetes.io/arch", arch)
            .addToLabels("kubernetes.io/os", "linux")
            .endMetadata()
            .withNewSpec()
            .addNewTaint()
            .withKey("made-by")
            .withValue(NAME)
            .withEffect("NoSchedule")
            .endTaint()
            .endSpec()
            .build();
    kernelx.client().resource(node).create();
    kernelx
        .cluster()
        .kubectl(
            "patch",
            "node",
            name,
            "--subresource=status",
            "--type=merge",
            "-p",
            """
            {"status":{"nodeInfo":{"architecture":"%s","kernelVersion":"%s","operatingSystem":"linux",
             "bootID":"","containerRuntimeVersion":"","kubeProxyVersion":"","kubeletVersion":"",
             "machineID":"","osImage":"","systemUUID":""}}}
            """
                .formatted(arch, release));
  }

  private static TunableYaml tunable(String constant, int value) {
    return TunableYaml.of(NAME, constant, value);
  }
}

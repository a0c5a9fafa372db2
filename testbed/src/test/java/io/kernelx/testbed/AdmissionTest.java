// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may write what, seen by impersonation on a real API server with the chart installed. */
@ClusterTest(nodes = false)
class AdmissionTest {
  private static final String NAMESPACE = "kernelx-admission";
  private static final String AGENT = "system:serviceaccount:" + NAMESPACE + ":kernelx-agent";
  private static final String BUILDER =
      "system:serviceaccount:" + NAMESPACE + ":kernelx-builder-host";

  @TempDir private static Path folder;

  @BeforeAll
  static void install(Cluster cluster) throws IOException {
    cluster.helm(
        "install",
        "admission",
        chart(),
        "--namespace",
        NAMESPACE,
        "--create-namespace",
        "--set",
        "operator.builders={host},uninstall.revert=false");
    cluster.kubectl(
        "apply",
        "-f",
        file(
            """
            apiVersion: kernelx.io/v1alpha1
            kind: NodeTuning
            metadata: {name: n1}
            spec: {node: n1}
            ---
            apiVersion: kernelx.io/v1alpha1
            kind: KernelBuild
            metadata: {name: b1}
            spec:
              kernel: {release: 6.12.1, buildId: abcd, arch: amd64, compiler: gcc-12}
              constant: A
              definition: x
              definitionDigest: "sha256:00"
              plannerVersion: "1"
              values: ["48"]
              builders: [host, n1]
            """));
    cluster.kubectl("create", "clusterrolebinding", "editor", "--clusterrole=edit", "--user=ed");
    cluster.kubectl("create", "clusterrolebinding", "admin", "--clusterrole=admin", "--user=ada");
    cluster.kubectl("wait", "--for=condition=established", "crd", "--all");
  }

  @AfterAll
  static void uninstall(Cluster cluster) {
    cluster.kubectl("delete", "clusterrolebinding", "editor", "admin");
    cluster.helm("uninstall", "admission", "--namespace", NAMESPACE);
  }

  @Test
  void anAgentWritesTheStatusOfItsOwnNodeOnly(Cluster cluster) {
    assertThat(status(cluster, AGENT, "n1").status()).isZero();
    assertThat(status(cluster, AGENT, "n2").err()).contains("this request comes from node n2");
    assertThat(status(cluster, AGENT, "").err()).contains("this request comes from no node");
    assertThat(status(cluster, BUILDER, "n1").err()).contains("cannot get resource");
    assertThat(
            as(
                    cluster,
                    AGENT,
                    "n1",
                    "patch",
                    "nodetuning",
                    "n1",
                    "--type=merge",
                    "-p",
                    "{\"spec\":{\"tunables\":[]}}")
                .err())
        .contains("cannot patch resource");
  }

  @Test
  void anAdministratorMayWriteAnyStatus(Cluster cluster) {
    assertThat(
            cluster
                .command(
                    "kubectl",
                    "patch",
                    "nodetuning",
                    "n1",
                    "--subresource=status",
                    "--type=merge",
                    "-p",
                    "{\"status\":{\"agentVersion\":\"1\"}}")
                .status())
        .isZero();
  }

  @Test
  void theAgentReadsNoSecrets(Cluster cluster) {
    assertThat(as(cluster, AGENT, "n1", "get", "secrets", "-A").err()).contains("cannot list");
  }

  @Test
  void aReportIsWrittenByItsBuilderOnly(Cluster cluster) throws IOException {
    assertThat(report(cluster, BUILDER, "", "host").status()).isZero();
    assertThat(report(cluster, AGENT, "n1", "n1").status()).isZero();
    assertThat(report(cluster, AGENT, "n1", "host").err()).contains("written by that builder only");
    assertThat(report(cluster, AGENT, "n1", "n2").err()).contains("written by that builder only");
    assertThat(report(cluster, BUILDER, "n1", "n1").err()).contains("written by that builder only");
  }

  @Test
  void inlineDefinitionsNeedTheVerbDefine(Cluster cluster) throws IOException {
    String tunable =
        file(
            """
            apiVersion: kernelx.io/v1alpha1
            kind: KernelTunable
            metadata: {name: inline}
            spec:
              constant: {definition: "x"}
              value: "4"
              consistency: {mode: Immediate}
              nodeSelector: {}
            """);
    assertThat(as(cluster, "ed", "", "create", "-f", tunable).err())
        .contains("needs the verb define");
    assertThat(as(cluster, "ada", "", "create", "-f", tunable).status()).isZero();
    assertThat(as(cluster, "ed", "", "label", "kerneltunable", "inline", "a=b").status()).isZero();
    assertThat(
            as(
                    cluster,
                    "ed",
                    "",
                    "patch",
                    "kerneltunable",
                    "inline",
                    "--type=merge",
                    "-p",
                    "{\"spec\":{\"value\":\"5\"}}")
                .err())
        .contains("needs the verb define");
    cluster.kubectl("delete", "kerneltunable", "inline");
  }

  @Test
  void aWrongValueOfTheChartIsNamed(Cluster cluster) {
    assertThat(cluster.command("helm", "template", chart(), "--set", "operator.builder=host").err())
        .contains("additional properties 'builder' not allowed");
  }

  private static String chart() {
    Path checkout = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(checkout.resolve("helm/kernelx"))) {
      checkout = checkout.getParent();
    }
    return checkout.resolve("helm/kernelx").toString();
  }

  private static TestbedCommand.Outcome status(Cluster cluster, String user, String node) {
    return as(
        cluster,
        user,
        node,
        "patch",
        "nodetuning",
        "n1",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"bootId\":\"%s\"}}".formatted(node));
  }

  private static TestbedCommand.Outcome report(
      Cluster cluster, String user, String node, String builder) throws IOException {
    return as(
        cluster,
        user,
        node,
        "create",
        "-f",
        file(
            """
            apiVersion: kernelx.io/v1alpha1
            kind: BuildReport
            metadata: {name: b1.%s}
            spec: {kernelBuild: b1, builder: %s}
            """
                .formatted(builder, builder)));
  }

  private static TestbedCommand.Outcome as(
      Cluster cluster, String user, String node, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--as=" + user, "--as-group=system:authenticated"));
    if (!node.isEmpty()) {
      all.add("--as-user-extra=authentication.kubernetes.io/node-name=" + node);
    }
    return cluster.command("kubectl", all.toArray(String[]::new));
  }

  private static String file(String yaml) throws IOException {
    Path file = Files.createTempFile(folder, "", ".yaml");
    Files.writeString(file, yaml);
    return file.toString();
  }
}

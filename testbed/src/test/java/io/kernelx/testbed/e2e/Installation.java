// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed.e2e;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.testbed.Cluster;
import io.kernelx.testbed.ClusterNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * KernelX installed by its chart in a cluster, as a user would have it. Made once for all classes
 * that ask for it; each says first how it wants it.
 */
final class Installation implements AutoCloseable {

  static final String NAMESPACE = "kernelx-system";
  static final String BUILDER = "test-host";

  private static final List<String> NODES_WITHOUT_CLANG =
      List.of(
          "--set",
          "agent.form=bpf",
          "--set",
          "agent.image.repository=localhost/kernelx/agent-without-clang");

  private final Cluster cluster;
  private final Path checkout;
  private Process builder;
  private List<String> installed = List.of();
  private CompletableFuture<Void> installing = CompletableFuture.completedFuture(null);

  private Installation(Cluster cluster, Path checkout) {
    this.cluster = cluster;
    this.checkout = checkout;
  }

  /** Finds the checkout; installs nothing yet. */
  static Installation into(Cluster cluster) {
    Path checkout = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(checkout.resolve("helm/kernelx"))) {
      checkout = checkout.getParent();
    }
    return new Installation(cluster, checkout);
  }

  /** Plans are made on this machine, agents have all they need: how most users run it. */
  void beWhole() {
    be(List.of("--set", "operator.builders={" + BUILDER + "}"));
    if (builder == null) {
      startBuilder();
    }
    // Agents leave when nothing matches their node, and take a minute to come back in a slow one.
    apply(TunableYaml.of("keeps-agents", "SHRINK_BATCH", 64).with("activation: DryRun").text());
  }

  /**
   * Plans are made on the nodes, by agents that are to load BPF stubs and could not compile one.
   */
  void buildOnNodesWithoutClang() {
    be(NODES_WITHOUT_CLANG);
  }

  /** Begins with that, and returns at once. */
  void beginBuildingOnNodesWithoutClang() {
    begin(NODES_WITHOUT_CLANG);
  }

  /** Installs the chart with these options, or upgrades to them, and waits for the operator. */
  private void be(List<String> options) {
    begin(options);
    installing.join();
  }

  private void begin(List<String> options) {
    if (options.equals(installed)) {
      return;
    }
    List<String> arguments = new ArrayList<>(List.of("upgrade", "--install", "kernelx"));
    arguments.add(checkout.resolve("helm/kernelx").toString());
    arguments.addAll(List.of("--namespace", NAMESPACE, "--create-namespace"));
    arguments.addAll(List.of("--wait", "--timeout", "8m"));
    // The node that the tests stop, reboot and let compile is the other one.
    arguments.addAll(List.of("--set", "operator.nodeSelector.kubernetes\\.io/hostname=node-amd64"));
    arguments.addAll(options);
    installed = options;
    installing = installing.thenRunAsync(() -> cluster.helm(arguments.toArray(String[]::new)));
  }

  /** Uninstalls the chart as a user does, which gives every kernel its own values back. */
  void uninstall() {
    cluster.helm("uninstall", "kernelx", "--namespace", NAMESPACE, "--wait", "--timeout", "8m");
    installed = List.of();
  }

  private void startBuilder() {
    try {
      Path target = Files.createDirectories(Path.of("target"));
      Path kubeconfig = target.resolve("builder.kubeconfig");
      Files.writeString(
          kubeconfig,
          cluster.command("kubeconfig", NAMESPACE + "/kernelx-builder-" + BUILDER).orFail());
      builder =
          new ProcessBuilder(
                  checkout.resolve("node-agent/bin/xkernel-tool").toString(),
                  "builder",
                  "--name",
                  BUILDER,
                  "--kubeconfig",
                  kubeconfig.toAbsolutePath().toString())
              .redirectErrorStream(true)
              .redirectOutput(target.resolve("builder.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("the builder could not be started", e);
    }
  }

  Cluster cluster() {
    return cluster;
  }

  KubernetesClient client() {
    return cluster.client();
  }

  /** Applies manifests with kubectl, as a user does, and returns what kubectl printed. */
  String apply(String yaml) {
    return applying(yaml).orFail();
  }

  io.kernelx.testbed.TestbedCommand.Outcome applying(String yaml) {
    try {
      Path file = Files.createTempFile("kernelx", ".yaml");
      try {
        Files.writeString(file, yaml);
        return cluster.command("kubectl", "apply", "-f", file.toString());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Resource<KernelTunable> tunable(String name) {
    return client().resources(KernelTunable.class).withName(name);
  }

  /** Waits until the tunable's status, for its newest generation, is as wanted. */
  KernelTunableStatus await(String name, Duration limit, Predicate<KernelTunableStatus> wanted) {
    Instant end = Instant.now().plus(limit);
    KernelTunable last = null;
    while (Instant.now().isBefore(end)) {
      last = tunable(name).get();
      if (last != null
          && last.getStatus() != null
          && last.getMetadata().getGeneration().equals(last.getStatus().observedGeneration())
          && wanted.test(last.getStatus())) {
        return last.getStatus();
      }
      pause();
    }
    throw new AssertionError(
        "waited %s in vain for %s; its status is %s"
            .formatted(limit, name, last == null ? "gone" : String.valueOf(last.getStatus())));
  }

  /** Waits until something holds. */
  void eventually(String what, Duration limit, java.util.function.BooleanSupplier holds) {
    Instant end = Instant.now().plus(limit);
    while (!holds.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("waited %s in vain for %s".formatted(limit, what));
      }
      pause();
    }
  }

  void delete(String name, Duration limit) {
    tunable(name).delete();
    eventually(name + " to be gone", limit, () -> tunable(name).get() == null);
  }

  List<Event> events(String name) {
    return client().v1().events().inAnyNamespace().list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .toList();
  }

  /** Returns what is pinned below a node's folder of loaded constants, one name per line. */
  String loaded(ClusterNode node) {
    return node.shell("! [ -d /sys/fs/bpf/xkernel ] || ls /sys/fs/bpf/xkernel");
  }

  /** Returns in what form each loaded constant of a node is enforced. */
  Map<String, String> forms(ClusterNode node) {
    Map<String, String> forms = new TreeMap<>();
    for (String line : node.shell("tail -n +2 /dev/shm/xkernel/scope_table").lines().toList()) {
      String[] cells = line.split("\t");
      forms.put(cells[1], cells[7]);
    }
    return forms;
  }

  /** Returns the lines of a node's kernel log in which the kernel complains of a fault. */
  String complaints(ClusterNode node) {
    try {
      Path log = Files.writeString(Files.createTempFile("dmesg", ".log"), node.shell("dmesg"));
      try {
        Process process =
            new ProcessBuilder(
                    checkout.resolve("testbed/vm/dmesg-complaints").toString(), log.toString())
                .redirectErrorStream(true)
                .start();
        String lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : lines + "(the kernel complains)";
      } finally {
        Files.delete(log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Sizes of plug batches under load on a node: size → how many. */
  TreeMap<Integer, Integer> batches(ClusterNode node) {
    try {
      String script = Files.readString(checkout.resolve("testbed/workloads/plug-histogram"));
      String out = node.exec("sh", "-c", script, "plug-histogram", "4000").orFail();
      TreeMap<Integer, Integer> sizes = new TreeMap<>();
      for (String line : out.lines().toList()) {
        String[] words = line.split(" ");
        sizes.put(Integer.valueOf(words[0]), Integer.valueOf(words[1]));
      }
      return sizes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (builder != null) {
      builder.descendants().forEach(ProcessHandle::destroy);
      builder.destroy();
    }
  }
}

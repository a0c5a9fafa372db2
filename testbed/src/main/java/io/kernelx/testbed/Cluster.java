// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A running bed, as a test sees it. Closing takes it down, unless it was running before. Safe for
 * use by several threads.
 */
public final class Cluster implements AutoCloseable {

  private static final Duration UP = Duration.ofMinutes(30);
  private static final Duration DOWN = Duration.ofMinutes(2);
  private static final Duration COMMAND = Duration.ofMinutes(10);

  private final String name;
  private final TestbedCommand testbed;
  private final Path logs;
  private final Path kubeconfig;
  private final List<String> nodes;
  private final boolean owned;
  private final KubernetesClient client;

  private Cluster(String name, TestbedCommand testbed, boolean owned) {
    this.name = name;
    this.testbed = testbed;
    this.owned = owned;
    this.logs = Path.of(testbed.run(List.of("logs", "--name", name), COMMAND).orFail());
    this.kubeconfig = logs.resolveSibling("kubeconfig");
    this.nodes = folders(logs.resolveSibling("nodes"));
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
  }

  /**
   * Starts a bed of its own and waits until all its nodes are Ready.
   *
   * @param name the bed's name, not in use
   * @param testbed how the machine is reached
   * @param options further options of {@code testbed up}, for example {@code --nodes none}
   * @return the cluster; its owner closes it
   * @throws IllegalStateException with the bed's own words (the failed part, its last log lines)
   */
  public static Cluster start(String name, TestbedCommand testbed, List<String> options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("up", "--name", name, "--while", Long.toString(ProcessHandle.current().pid())));
    arguments.addAll(options);
    testbed.run(arguments, UP).orFail();
    return new Cluster(name, testbed, true);
  }

  /** The bed of that name, which runs already and will stay when this is closed. */
  public static Cluster attach(String name, TestbedCommand testbed) {
    return new Cluster(name, testbed, false);
  }

  /** The bed's name. */
  public String name() {
    return name;
  }

  /** A client with the administrator's rights; closed with the cluster. */
  public KubernetesClient client() {
    return client;
  }

  /** A kubeconfig of the administrator that works for every process of this machine's root. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** A node by its name. */
  public ClusterNode node(String node) {
    if (!nodes.contains(node)) {
      throw new IllegalArgumentException("the bed has no node " + node + ", it has " + nodes);
    }
    return new ClusterNode(node, name, testbed);
  }

  /** All nodes, in the order of their names. */
  public List<ClusterNode> nodes() {
    return nodes.stream().map(this::node).toList();
  }

  /** Runs kubectl as the administrator and returns its output; fails when it fails. */
  public String kubectl(String... arguments) {
    return command("kubectl", arguments).orFail();
  }

  /** Runs Helm as the administrator and returns its output; fails when it fails. */
  public String helm(String... arguments) {
    return command("helm", arguments).orFail();
  }

  /**
   * Runs one of the bed's commands on this bed.
   *
   * @param command for example {@code kubectl} or {@code run}
   * @param arguments what follows
   * @return its status and output, also when it failed
   */
  public TestbedCommand.Outcome command(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command, "--name", name));
    all.addAll(List.of(arguments));
    return testbed.run(all, COMMAND);
  }

  /** The folder with the log of each part. */
  public Path logs() {
    return logs;
  }

  /**
   * Copies the logs, the events and what runs into a folder, for somebody who looks at a failure.
   */
  public void copyLogs(Path to) {
    try (Stream<Path> files = Files.list(logs)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
      }
      for (String what : List.of("pods", "events", "nodes")) {
        String text = command("kubectl", "get", what, "-A", "-o", "wide").out();
        Files.writeString(to.resolve("kubectl-get-" + what + ".txt"), text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the bed's logs could not be copied to " + to, e);
    }
  }

  @Override
  public void close() {
    client.close();
    if (owned) {
      testbed.run(List.of("down", "--name", name), DOWN).orFail();
    }
  }

  private static List<String> folders(Path parent) {
    try (Stream<Path> children = Files.list(parent)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the bed's folder " + parent + " cannot be read", e);
    }
  }
}

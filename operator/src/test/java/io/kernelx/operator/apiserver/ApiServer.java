// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.RoleRefBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands a test a real API server with etcd behind it and no nodes. One is started for all tests of
 * the run, in a folder of its own, on free ports of 127.0.0.1; both programs end with the run.
 */
public final class ApiServer implements BeforeAllCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(ApiServer.class);

  /**
   * Ways in.
   *
   * @param admin may do everything
   * @param operator may do what {@code src/main/kubernetes/rbac.yaml} lets the operator do
   */
  public record Access(KubernetesClient admin, KubernetesClient operator) {}

  /** The running pair. */
  private static final class Running implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();
    private final Path folder;
    private final int port;

    Running() throws IOException, InterruptedException, NoSuchAlgorithmException {
      Path binaries = binaries();
      folder = Files.createTempDirectory("kernelx-apiserver");
      int etcd = freePort();
      int peer = freePort();
      port = freePort();
      writeServiceAccountKey(folder.resolve("sa.key"));
      Files.writeString(
          folder.resolve("tokens"),
          "admin,admin,admin,\"system:masters\"\noperator,operator,operator,\"\"\n");
      String store = "http://127.0.0.1:" + etcd;
      String peers = "http://127.0.0.1:" + peer;
      start(
          "etcd",
          binaries.resolve("etcd").toString(),
          "--data-dir=" + folder.resolve("etcd"),
          "--listen-client-urls=" + store,
          "--advertise-client-urls=" + store,
          "--listen-peer-urls=" + peers,
          "--initial-advertise-peer-urls=" + peers,
          "--initial-cluster=default=" + peers,
          "--unsafe-no-fsync");
      start(
          "kube-apiserver",
          binaries.resolve("kube-apiserver").toString(),
          "--etcd-servers=" + store,
          "--bind-address=127.0.0.1",
          "--secure-port=" + port,
          "--cert-dir=" + folder.resolve("certs"),
          "--token-auth-file=" + folder.resolve("tokens"),
          "--authorization-mode=RBAC",
          "--service-cluster-ip-range=10.0.0.0/24",
          "--allow-privileged",
          "--disable-admission-plugins=ServiceAccount",
          "--service-account-issuer=https://kernelx.test",
          "--service-account-key-file=" + folder.resolve("sa.key"),
          "--service-account-signing-key-file=" + folder.resolve("sa.key"));
      awaitReady();
      installResources();
      grantOperator();
    }

    private static Path binaries() throws IOException, InterruptedException {
      Path build = Path.of("..", "testbed", "binaries", "build").toRealPath();
      Process process =
          new ProcessBuilder(build.toString(), "kubernetes")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String printed = new String(process.getInputStream().readAllBytes()).strip();
      if (process.waitFor() != 0 || printed.isEmpty()) {
        throw new IllegalStateException("testbed/binaries/build failed; its output is above");
      }
      return Path.of(printed.lines().toList().getLast());
    }

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }

    private static void writeServiceAccountKey(Path file)
        throws NoSuchAlgorithmException, IOException {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
      Files.writeString(
          file,
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder().encodeToString(key)
              + "\n-----END PRIVATE KEY-----\n");
    }

    private void start(String name, String... command) throws IOException {
      processes.add(
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(name + ".log").toFile())
              .start());
    }

    private void awaitReady() throws InterruptedException, IOException {
      Instant deadline = Instant.now().plus(Duration.ofSeconds(90));
      while (Instant.now().isBefore(deadline) && processes.stream().allMatch(Process::isAlive)) {
        try (KubernetesClient client = client("admin")) {
          if ("ok".equals(client.raw("/readyz"))) {
            return;
          }
        } catch (KubernetesClientException e) {
          // Not yet.
          Thread.sleep(200);
          continue;
        }
        Thread.sleep(200);
      }
      String log = Files.readString(folder.resolve("kube-apiserver.log"));
      close();
      throw new IllegalStateException(
          "the API server did not come up; the end of its log:\n"
              + log.substring(Math.max(0, log.length() - 2000)));
    }

    private void installResources() throws IOException {
      try (KubernetesClient client = client("admin");
          Stream<Path> manifests = Files.list(Path.of("..", "crds", "generated"))) {
        for (Path manifest : manifests.toList()) {
          client.load(Files.newInputStream(manifest)).serverSideApply();
        }
        for (var crd : client.apiextensions().v1().customResourceDefinitions().list().getItems()) {
          client
              .apiextensions()
              .v1()
              .customResourceDefinitions()
              .resource(crd)
              .waitUntilCondition(
                  c ->
                      c.getStatus().getConditions().stream()
                          .anyMatch(
                              x ->
                                  "Established".equals(x.getType())
                                      && "True".equals(x.getStatus())),
                  30,
                  TimeUnit.SECONDS);
        }
      }
    }

    private void grantOperator() throws IOException {
      String rules =
          Files.readString(Path.of("src", "main", "kubernetes", "rbac.yaml"))
              .replace("NAMESPACE", "kernelx-system");
      try (KubernetesClient client = client("admin")) {
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withName("kernelx-system")
                    .endMetadata()
                    .build())
            .serverSideApply();
        for (HasMetadata role :
            client.load(new ByteArrayInputStream(rules.getBytes(UTF_8))).items()) {
          client.resource(role).serverSideApply();
          client.resource(binding(role)).serverSideApply();
        }
      }
    }

    private static HasMetadata binding(HasMetadata role) {
      String name = role.getMetadata().getName();
      Subject subject = new SubjectBuilder().withKind("User").withName("operator").build();
      RoleRef ref =
          new RoleRefBuilder()
              .withApiGroup("rbac.authorization.k8s.io")
              .withKind(role.getKind())
              .withName(name)
              .build();
      return role instanceof ClusterRole
          ? new ClusterRoleBindingBuilder()
              .withNewMetadata()
              .withName(name)
              .endMetadata()
              .withRoleRef(ref)
              .withSubjects(subject)
              .build()
          : new RoleBindingBuilder()
              .withNewMetadata()
              .withName(name)
              .withNamespace(role.getMetadata().getNamespace())
              .endMetadata()
              .withRoleRef(ref)
              .withSubjects(subject)
              .build();
    }

    KubernetesClient client(String user) {
      Config config =
          new ConfigBuilder(Config.empty())
              .withMasterUrl("https://127.0.0.1:" + port)
              .withTrustCerts(true)
              .withDisableHostnameVerification(true)
              .withOauthToken(user)
              .build();
      return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public void close() throws IOException {
      for (Process process : processes.reversed()) {
        process.destroy();
        try {
          if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
          }
        } catch (InterruptedException e) {
          process.destroyForcibly();
          Thread.currentThread().interrupt();
        }
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static Running running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Running.class,
            type -> {
              try {
                return new Running();
              } catch (IOException | NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
              }
            },
            Running.class);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Access.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Running running = running(context);
    return new Access(running.client("admin"), running.client("operator"));
  }
}

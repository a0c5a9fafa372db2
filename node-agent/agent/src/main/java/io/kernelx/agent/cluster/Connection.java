// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;

/** Opens the way to an API server. */
public final class Connection {
  private Connection() {}

  /**
   * Connects.
   *
   * @param kubeconfig a kubeconfig file, or null for the pod's service account or the user's own
   *     configuration
   */
  public static KubernetesClient open(Path kubeconfig) {
    Config config =
        kubeconfig == null
            ? Config.autoConfigure(null)
            : Config.fromKubeconfig(kubeconfig.toFile());
    // Watches need HTTP/1.1 anyway, and one protocol less is a quicker start and less memory.
    config.setHttp2Disable(true);
    config.setRequestTimeout(60_000);
    config.setConnectionTimeout(30_000);
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}

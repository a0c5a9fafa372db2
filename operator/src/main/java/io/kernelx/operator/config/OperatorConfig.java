// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The operator's configuration. Each key can be given as an environment variable too: {@code
 * kernelx.agent.image} is {@code KERNELX_AGENT_IMAGE}.
 */
@ConfigMapping(prefix = "kernelx")
public interface OperatorConfig {

  /** The operator's own namespace, where the agents' DaemonSet is made. */
  @WithDefault("kernelx-system")
  String namespace();

  /**
   * The operator's own Deployment, which is to own the DaemonSet. Absent when the operator runs as
   * a process outside of the cluster: the DaemonSet has no owner then.
   */
  Optional<String> deployment();

  /** Names of external builders; when there is none, a node of each kernel builds for it. */
  Optional<List<String>> builders();

  /** The folder with the catalogue's definitions, {@code <constant in lower case>.toml} each. */
  @WithDefault("/opt/kernelx/tunables")
  Path catalogue();

  /** The version of the compiler that plans must come from. */
  String plannerVersion();

  /** The agents. */
  Agent agent();

  /** What the agents' pods are made of. */
  interface Agent {

    /** Whether the operator makes the DaemonSet; false where agents are started by other means. */
    @WithDefault("true")
    boolean dispatch();

    /** The agents' image. */
    @WithDefault("localhost/kernelx/agent:dev")
    String image();

    /** Always, IfNotPresent or Never. */
    @WithDefault("IfNotPresent")
    String pullPolicy();

    /** The agents' service account. */
    @WithDefault("kernelx-agent")
    String serviceAccount();

    /** What makes probes act, bpf or native; each node's own choice when absent. */
    Optional<String> form();

    /** Resource requests and limits of the agents' container, in JSON. */
    Optional<String> resources();

    /** Tolerations of the agents' pods, a JSON list; all taints are tolerated when absent. */
    Optional<String> tolerations();
  }
}

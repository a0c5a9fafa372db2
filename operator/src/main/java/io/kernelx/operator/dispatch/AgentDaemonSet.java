// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes down the agents' DaemonSet: a pure function of settings and placement. */
public final class AgentDaemonSet {

  /** The DaemonSet's name. */
  public static final String NAME = "kernelx-agent";

  /** The labels of the DaemonSet and of its pods. */
  public static final Map<String, String> LABELS =
      Map.of(
          "app.kubernetes.io/name", "kernelx",
          "app.kubernetes.io/component", "agent",
          "app.kubernetes.io/managed-by", "kernelx-operator");

  private static final Map<String, String> POD_SELECTOR =
      Map.of("app.kubernetes.io/name", "kernelx", "app.kubernetes.io/component", "agent");

  /**
   * A path of the host that the agent needs.
   *
   * @param name the volume's name
   * @param host the path on the node
   * @param container the path in the container
   * @param readOnly whether the agent only reads it
   * @param type the hostPath's type
   */
  private record HostPath(
      String name, String host, String container, boolean readOnly, String type) {

    HostPath(String name, String path, boolean readOnly) {
      this(name, path, path, readOnly, "");
    }
  }

  /**
   * Each path and why: modules and headers to build against, the kernel's image and configuration,
   * pins that outlive the agent, kprobes' state, the module's device, the tables of {@code
   * /dev/shm}, and the cache of what was built.
   */
  private static final List<HostPath> PATHS =
      List.of(
          new HostPath("lib-modules", "/lib/modules", true),
          new HostPath("usr-src", "/usr/src", true),
          new HostPath("usr-lib", "/usr/lib", "/host/usr/lib", true, ""),
          new HostPath("boot", "/boot", true),
          new HostPath("bpffs", "/sys/fs/bpf", false),
          new HostPath("debugfs", "/sys/kernel/debug", false),
          new HostPath("tracefs", "/sys/kernel/tracing", false),
          new HostPath("dev", "/dev", false),
          new HostPath("shm", "/dev/shm", false),
          new HostPath(
              "cache", "/var/lib/kernelx", "/var/lib/kernelx", false, "DirectoryOrCreate"));

  /**
   * Returns the DaemonSet, which does not say yet how its pods are replaced: see {@link
   * AgentReplacement}.
   *
   * @param owner the operator's own Deployment; empty when it has none
   * @param terms where agents run
   */
  public DaemonSet write(
      AgentSettings settings, Optional<OwnerReference> owner, List<NodeSelectorTerm> terms) {
    return new DaemonSetBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(settings.namespace())
        .withLabels(LABELS)
        .withOwnerReferences(owner.map(List::of).orElse(List.of()))
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .withMatchLabels(POD_SELECTOR)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(LABELS)
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName(settings.serviceAccount())
        .withPriorityClassName("system-node-critical")
        .withTerminationGracePeriodSeconds(10L)
        .withTolerations(settings.tolerations())
        .withNewAffinity()
        .withNewNodeAffinity()
        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
        .withNodeSelectorTerms(terms)
        .endRequiredDuringSchedulingIgnoredDuringExecution()
        .endNodeAffinity()
        .endAffinity()
        .addNewContainer()
        .withName("agent")
        .withImage(settings.image())
        .withImagePullPolicy(settings.pullPolicy())
        .withArgs("agent")
        .withEnv(environment(settings))
        .withResources(settings.resources().orElse(null))
        .withNewSecurityContext()
        .withPrivileged(true)
        .endSecurityContext()
        .withVolumeMounts(PATHS.stream().map(AgentDaemonSet::mount).toList())
        .endContainer()
        .withVolumes(PATHS.stream().map(AgentDaemonSet::volume).toList())
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static List<EnvVar> environment(AgentSettings settings) {
    EnvVar node =
        new EnvVarBuilder()
            .withName("NODE_NAME")
            .withNewValueFrom()
            .withNewFieldRef()
            .withFieldPath("spec.nodeName")
            .endFieldRef()
            .endValueFrom()
            .build();
    return Stream.concat(
            Stream.of(node),
            settings.form().stream().map(form -> new EnvVar("KERNELX_FORM", form, null)))
        .toList();
  }

  private static VolumeMount mount(HostPath path) {
    return new VolumeMountBuilder()
        .withName(path.name())
        .withMountPath(path.container())
        .withReadOnly(path.readOnly() ? Boolean.TRUE : null)
        .withMountPropagation(path.name().equals("bpffs") ? "Bidirectional" : null)
        .build();
  }

  private static Volume volume(HostPath path) {
    return new VolumeBuilder()
        .withName(path.name())
        .withNewHostPath()
        .withPath(path.host())
        .withType(path.type().isEmpty() ? null : path.type())
        .endHostPath()
        .build();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import java.util.Map;
import java.util.Optional;

/**
 * What matters of a Node.
 *
 * @param name its name
 * @param uid its uid
 * @param labels its labels
 * @param arch as Kubernetes names it; empty when it is not known
 * @param bootId as the kubelet last reported it; empty when it is not known
 * @param ready whether its condition Ready is True
 */
public record NodeFacts(
    String name,
    String uid,
    Map<String, String> labels,
    String arch,
    String bootId,
    boolean ready) {

  public NodeFacts {
    labels = Map.copyOf(labels);
  }

  /** Reads a Node. */
  public static NodeFacts of(Node node) {
    var meta = node.getMetadata();
    Map<String, String> labels = meta.getLabels() == null ? Map.of() : meta.getLabels();
    Optional<NodeSystemInfo> info =
        Optional.ofNullable(node.getStatus()).map(status -> status.getNodeInfo());
    String arch =
        info.map(NodeSystemInfo::getArchitecture)
            .filter(a -> !a.isEmpty())
            .orElse(labels.getOrDefault("kubernetes.io/arch", ""));
    boolean ready =
        node.getStatus() != null
            && node.getStatus().getConditions() != null
            && node.getStatus().getConditions().stream()
                .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    return new NodeFacts(
        meta.getName(),
        meta.getUid() == null ? "" : meta.getUid(),
        labels,
        arch,
        info.map(NodeSystemInfo::getBootID).orElse(""),
        ready);
  }

  /** Returns whether the node is of the only architecture that can be tuned. */
  public boolean x86() {
    return arch.equals("amd64");
  }
}

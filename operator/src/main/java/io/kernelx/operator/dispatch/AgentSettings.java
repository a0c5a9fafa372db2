// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Optional;

/**
 * What the agents' DaemonSet is made of.
 *
 * @param namespace where
 * @param image the agents' image
 * @param pullPolicy Always, IfNotPresent or Never
 * @param serviceAccount the agents' service account
 * @param form the agents' form of enforcement; empty for each one's own choice
 * @param resources requests and limits; empty for none
 * @param tolerations of the pods
 */
public record AgentSettings(
    String namespace,
    String image,
    String pullPolicy,
    String serviceAccount,
    Optional<String> form,
    Optional<ResourceRequirements> resources,
    List<Toleration> tolerations) {

  public AgentSettings {
    tolerations = List.copyOf(tolerations);
  }
}

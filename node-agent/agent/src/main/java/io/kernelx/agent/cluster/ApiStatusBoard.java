// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kernelx.agent.node.NotAcknowledgedException;
import io.kernelx.agent.node.StatusBoard;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningStatus;

/** Writes the status of one node's NodeTuning, by server-side apply. */
public final class ApiStatusBoard implements StatusBoard {
  private final KubernetesClient client;
  private final String node;

  public ApiStatusBoard(KubernetesClient client, String node) {
    this.client = client;
    this.node = node;
  }

  @Override
  public void write(NodeTuningStatus status) throws NotAcknowledgedException {
    NodeTuning patch = new NodeTuning();
    patch.setMetadata(new ObjectMetaBuilder().withName(node).build());
    patch.setStatus(status);
    try {
      client
          .resource(patch)
          .subresource("status")
          .patch(ServerSideApply.by("kernelx-agent"), patch);
    } catch (KubernetesClientException e) {
      throw new NotAcknowledgedException(
          "The status of NodeTuning " + node + " could not be written: " + ApiErrors.sentence(e),
          e);
    }
  }
}

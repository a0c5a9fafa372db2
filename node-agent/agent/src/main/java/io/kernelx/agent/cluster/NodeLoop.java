// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kernelx.agent.node.NodeReconciler;
import io.kernelx.agent.node.NotAcknowledgedException;
import io.kernelx.api.v1alpha1.NodeTuning;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs passes over this node's NodeTuning: after each change, and every few seconds for a look at
 * the kernel. Ends when interrupted, and ending changes nothing in the kernel.
 */
public final class NodeLoop {
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final String node;
  private final NodeReconciler reconciler;
  private final Wake wake;
  private final Consumer<String> log;

  /**
   * @param wake wakes the loop, also from outside
   */
  public NodeLoop(
      KubernetesClient client,
      String node,
      NodeReconciler reconciler,
      Wake wake,
      Consumer<String> log) {
    this.client = client;
    this.node = node;
    this.reconciler = reconciler;
    this.wake = wake;
    this.log = log;
  }

  /** Runs until the thread is interrupted. */
  public void run() throws InterruptedException {
    try (SharedIndexInformer<NodeTuning> informer =
        client.resources(NodeTuning.class).withName(node).inform(wake.handler(), 0)) {
      boolean failed = false;
      while (true) {
        wake.await(failed ? AFTER_ERROR : LOOK);
        failed = !pass(informer.getStore().list());
      }
    }
  }

  private boolean pass(List<NodeTuning> known) {
    try {
      for (NodeTuning tuning : known) {
        reconciler.reconcile(tuning);
      }
      return true;
    } catch (NotAcknowledgedException e) {
      log.accept(e.getMessage());
    } catch (KubernetesClientException e) {
      log.accept("A request to the API server failed: " + ApiErrors.sentence(e));
    }
    return false;
  }
}

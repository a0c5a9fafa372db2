// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kernelx.agent.build.OpenBuilds;
import io.kernelx.api.v1alpha1.KernelBuild;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes up the KernelBuilds that wait for one builder, one after the other, the oldest first. */
public final class BuildLoop {
  private static final Duration LOOK = Duration.ofSeconds(60);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final OpenBuilds open;
  private final Work work;
  private final Consumer<String> log;

  public BuildLoop(KubernetesClient client, OpenBuilds open, Work work, Consumer<String> log) {
    this.client = client;
    this.open = open;
    this.work = work;
    this.log = log;
  }

  /** What is done about a build. */
  @FunctionalInterface
  public interface Work {

    /** Does it, and returns a sentence for the log. */
    String on(KernelBuild build) throws InterruptedException;
  }

  /**
   * Runs until the thread is interrupted.
   *
   * @param once end as soon as nothing waits
   */
  public void run(boolean once) throws InterruptedException {
    Wake wake = new Wake();
    try (SharedIndexInformer<KernelBuild> informer =
        client.resources(KernelBuild.class).inform(wake.handler(), 0)) {
      while (true) {
        boolean failed = !takeAll(informer);
        if (once && !failed) {
          return;
        }
        wake.await(failed ? AFTER_ERROR : LOOK);
      }
    }
  }

  private boolean takeAll(SharedIndexInformer<KernelBuild> informer) throws InterruptedException {
    try {
      Optional<KernelBuild> next = open.next(informer.getStore().list());
      while (next.isPresent()) {
        KernelBuild build = next.get();
        String name = build.getMetadata().getName();
        log.accept("%s: planning %s".formatted(name, build.getSpec().values()));
        log.accept(name + ": " + work.on(build));
        open.taken(build);
        next = open.next(informer.getStore().list());
      }
      return true;
    } catch (KubernetesClientException e) {
      log.accept("A request to the API server failed: " + ApiErrors.sentence(e));
      return false;
    }
  }
}

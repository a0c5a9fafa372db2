// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kernelx.agent.build.BuildDuty;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;

/** Answers the KernelBuilds that name one builder, one after the other, the oldest first. */
public final class BuildLoop {
  private static final Duration LOOK = Duration.ofSeconds(60);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final BuildDuty duty;
  private final Consumer<String> log;

  public BuildLoop(KubernetesClient client, BuildDuty duty, Consumer<String> log) {
    this.client = client;
    this.duty = duty;
    this.log = log;
  }

  /**
   * Runs until the thread is interrupted.
   *
   * @param once end as soon as nothing is owed
   */
  public void run(boolean once) throws InterruptedException {
    Wake wake = new Wake();
    try (SharedIndexInformer<KernelBuild> informer =
        client.resources(KernelBuild.class).inform(wake.handler(), 0)) {
      while (true) {
        boolean failed = !answerAll(informer);
        if (once && !failed) {
          return;
        }
        wake.await(failed ? AFTER_ERROR : LOOK);
      }
    }
  }

  private boolean answerAll(SharedIndexInformer<KernelBuild> informer) throws InterruptedException {
    try {
      Optional<KernelBuild> next = next(informer);
      while (next.isPresent()) {
        KernelBuild build = next.get();
        String name = build.getMetadata().getName();
        log.accept("%s: planning %s".formatted(name, build.getSpec().values()));
        log.accept(name + ": " + summary(duty.answer(build)));
        next = next(informer);
      }
      return true;
    } catch (KubernetesClientException e) {
      log.accept("A request to the API server failed: " + ApiErrors.sentence(e));
      return false;
    }
  }

  private Optional<KernelBuild> next(SharedIndexInformer<KernelBuild> informer) {
    return informer.getStore().list().stream()
        .filter(duty::owes)
        .min(Comparator.comparing(b -> b.getMetadata().getCreationTimestamp()));
  }

  private static String summary(BuildReportStatus status) {
    return status.refusal() != null
        ? "refused after %s: %s: %s"
            .formatted(status.duration(), status.refusal().reason(), status.refusal().message())
        : "plan %s in %s".formatted(status.planDigest(), status.duration());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import io.kernelx.operator.build.BuildPruner;
import io.kernelx.operator.build.ReportAggregator;
import io.kernelx.operator.cluster.BuildWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Takes builders' reports into KernelBuilds, and deletes those that nothing needs any more. */
@ControllerConfiguration(name = "kernelbuild")
public class KernelBuildReconciler implements Reconciler<KernelBuild> {

  private static final Duration LOOK_AGAIN = Duration.ofHours(1);

  private final ReportAggregator aggregator;
  private final BuildWriter writer;
  private final BuildPruner pruner;
  private final CachedFleet fleet;

  public KernelBuildReconciler(
      ReportAggregator aggregator, BuildWriter writer, BuildPruner pruner, CachedFleet fleet) {
    this.aggregator = aggregator;
    this.writer = writer;
    this.pruner = pruner;
    this.fleet = fleet;
  }

  @Override
  public UpdateControl<KernelBuild> reconcile(KernelBuild build, Context<KernelBuild> context) {
    List<BuildReport> reports = List.copyOf(context.getSecondaryResources(BuildReport.class));
    KernelBuildStatus status = aggregator.aggregate(build, reports);
    if (!status.equals(build.getStatus())) {
      writer.status(build, status);
    }
    // Empty caches must not take plans away.
    if (fleet.isComplete() && pruner.mayGo(build)) {
      writer.delete(build);
      return UpdateControl.noUpdate();
    }
    return UpdateControl.<KernelBuild>noUpdate().rescheduleAfter(LOOK_AGAIN);
  }

  @Override
  public List<EventSource<?, KernelBuild>> prepareEventSources(
      EventSourceContext<KernelBuild> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(BuildReport.class, KernelBuild.class)
                .withName("reports")
                .withSecondaryToPrimaryMapper(
                    report -> Set.of(new ResourceID(report.getSpec().kernelBuild())))
                .build(),
            context));
  }
}

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
import io.kernelx.operator.build.ReportAggregator;
import io.kernelx.operator.cluster.BuildWriter;
import java.util.List;
import java.util.Set;

/** Takes builders' reports into KernelBuilds. */
@ControllerConfiguration(name = "kernelbuild")
public class KernelBuildReconciler implements Reconciler<KernelBuild> {

  private final ReportAggregator aggregator;
  private final BuildWriter writer;

  public KernelBuildReconciler(ReportAggregator aggregator, BuildWriter writer) {
    this.aggregator = aggregator;
    this.writer = writer;
  }

  @Override
  public UpdateControl<KernelBuild> reconcile(KernelBuild build, Context<KernelBuild> context) {
    List<BuildReport> reports = List.copyOf(context.getSecondaryResources(BuildReport.class));
    KernelBuildStatus status = aggregator.aggregate(build, reports);
    if (!status.equals(build.getStatus())) {
      writer.status(build, status);
    }
    return UpdateControl.noUpdate();
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

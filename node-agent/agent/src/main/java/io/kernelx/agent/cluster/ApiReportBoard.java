// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cluster;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.agent.build.ReportBoard;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.BuildReportSpec;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import java.util.Optional;

/** One builder's BuildReports, each owned by its KernelBuild. */
public final class ApiReportBoard implements ReportBoard {
  private final KubernetesClient client;
  private final String builder;

  public ApiReportBoard(KubernetesClient client, String builder) {
    this.client = client;
    this.builder = builder;
  }

  @Override
  public Optional<BuildReportStatus> read(KernelBuild build) {
    return Optional.ofNullable(client.resources(BuildReport.class).withName(name(build)).get())
        .map(BuildReport::getStatus);
  }

  @Override
  public void write(KernelBuild build, BuildReportStatus status) {
    if (client.resources(BuildReport.class).withName(name(build)).get() == null) {
      BuildReport fresh = report(build);
      fresh
          .getMetadata()
          .getOwnerReferences()
          .add(
              new OwnerReferenceBuilder()
                  .withApiVersion(build.getApiVersion())
                  .withKind(build.getKind())
                  .withName(build.getMetadata().getName())
                  .withUid(build.getMetadata().getUid())
                  .build());
      fresh.setSpec(new BuildReportSpec(build.getMetadata().getName(), builder));
      client.resource(fresh).create();
    }
    BuildReport patch = report(build);
    patch.setStatus(status);
    client
        .resource(patch)
        .subresource("status")
        .patch(ServerSideApply.by("kernelx-builder"), patch);
  }

  private BuildReport report(KernelBuild build) {
    BuildReport report = new BuildReport();
    report.setMetadata(new ObjectMetaBuilder().withName(name(build)).build());
    return report;
  }

  private String name(KernelBuild build) {
    return build.getMetadata().getName() + "." + builder;
  }
}

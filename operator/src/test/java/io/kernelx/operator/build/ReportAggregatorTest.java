// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildRefusal;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.BuildReportSpec;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.BuiltValue;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportAggregatorTest {

  private final ReportAggregator aggregator = new ReportAggregator();

  private static KernelBuild build(List<String> values, String... builders) {
    KernelBuild build = new KernelBuild();
    build.setMetadata(new ObjectMetaBuilder().withName("kb").build());
    build.setSpec(
        new KernelBuildSpec(
            new KernelBuildSpec.Kernel("6.12", "abc", "amd64", "gcc"),
            "C",
            "text",
            "sha256:d",
            "1",
            values,
            List.of(builders)));
    return build;
  }

  private static BuildReport report(String builder, BuildReportStatus status) {
    BuildReport report = new BuildReport();
    report.setMetadata(new ObjectMetaBuilder().withName("kb." + builder).build());
    report.setSpec(new BuildReportSpec("kb", builder));
    report.setStatus(status);
    return report;
  }

  private static BuildReportStatus built(String... values) {
    return new BuildReportStatus(
        BuildPhase.BUILT,
        "{}",
        "sha256:p",
        Arrays.stream(values).map(v -> new BuiltValue(v, v, "Closed", "x", null)).toList(),
        List.of(values),
        "3s",
        null);
  }

  private static BuildReportStatus working() {
    return new BuildReportStatus(BuildPhase.BUILDING, null, null, List.of(), List.of(), null, null);
  }

  private static BuildReportStatus refused() {
    return new BuildReportStatus(
        BuildPhase.REFUSED,
        null,
        null,
        List.of(),
        List.of(),
        "3s",
        new BuildRefusal("SourceNotFound", "no source"));
  }

  @Test
  void nobodyHasAnswered() {
    KernelBuildStatus status = aggregator.aggregate(build(List.of("48"), "a"), List.of());
    assertThat(status.phase()).isEqualTo(BuildPhase.PENDING);
    assertThat(
            aggregator
                .aggregate(build(List.of("48"), "a"), List.of(report("a", working())))
                .phase())
        .isEqualTo(BuildPhase.BUILDING);
  }

  @Test
  void anAnswerIsTakenWithItsBuilder() {
    KernelBuildStatus status =
        aggregator.aggregate(build(List.of("48"), "a"), List.of(report("a", built("48"))));
    assertThat(status.phase()).isEqualTo(BuildPhase.BUILT);
    assertThat(status.planDigest()).isEqualTo("sha256:p");
    assertThat(status.builtBy()).containsExactly("a");
  }

  @Test
  void strangersAreNotListenedTo() {
    BuildReport misnamed = report("a", built("48"));
    misnamed.getMetadata().setName("kb.b");
    assertThat(
            aggregator
                .aggregate(build(List.of("48"), "a"), List.of(report("b", built("48")), misnamed))
                .phase())
        .isEqualTo(BuildPhase.PENDING);
  }

  @Test
  void aPlanWithoutDigestIsNoAnswer() {
    BuildReportStatus bare =
        new BuildReportStatus(BuildPhase.BUILT, "{}", null, List.of(), List.of(), null, null);
    assertThat(aggregator.aggregate(build(List.of("48"), "a"), List.of(report("a", bare))).phase())
        .isEqualTo(BuildPhase.BUILDING);
  }

  @Test
  void whatIsThereStaysWhileMoreIsMade() {
    KernelBuild build = build(List.of("48"), "a");
    build.setStatus(aggregator.aggregate(build, List.of(report("a", built("48")))));
    KernelBuild more = build(List.of("48", "16"), "a");
    more.setStatus(build.getStatus());
    KernelBuildStatus status = aggregator.aggregate(more, List.of(report("a", working())));
    assertThat(status.phase()).isEqualTo(BuildPhase.BUILDING);
    assertThat(status.planDigest()).isEqualTo("sha256:p");
    more.setStatus(status);
    assertThat(BuildVerdict.of(Optional.of(more), "48")).isInstanceOf(BuildVerdict.Ready.class);
    assertThat(BuildVerdict.of(Optional.of(more), "16")).isInstanceOf(BuildVerdict.Waiting.class);
  }

  @Test
  void anAnswerOutlivesItsReport() {
    KernelBuild build = build(List.of("48"), "a");
    build.setStatus(aggregator.aggregate(build, List.of(report("a", built("48")))));
    assertThat(aggregator.aggregate(build, List.of())).isEqualTo(build.getStatus());
  }

  @Test
  void aPlanIsTakenBeforeARefusalAndACompleteOneBeforeAPart() {
    KernelBuildStatus status =
        aggregator.aggregate(
            build(List.of("48", "16"), "a", "b", "c"),
            List.of(
                report("a", refused()), report("b", built("48")), report("c", built("48", "16"))));
    assertThat(status.builtBy()).containsExactly("c");
    assertThat(status.refusal()).isNull();
  }

  @Test
  void aRefusalIsShown() {
    KernelBuild build = build(List.of("48"), "a");
    build.setStatus(aggregator.aggregate(build, List.of(report("a", refused()))));
    assertThat(BuildVerdict.of(Optional.of(build), "48"))
        .isEqualTo(new BuildVerdict.Refused(BuildPhase.REFUSED, "SourceNotFound", "no source"));
  }

  @Test
  void aRefusalIsFinalWhenAllRefuse() {
    KernelBuild build = build(List.of("48"), "a", "b");
    assertThat(aggregator.aggregate(build, List.of(report("a", refused()))).phase())
        .isEqualTo(BuildPhase.BUILDING);
    assertThat(
            aggregator
                .aggregate(build, List.of(report("a", refused()), report("b", working())))
                .phase())
        .isEqualTo(BuildPhase.BUILDING);
    assertThat(
            aggregator
                .aggregate(build, List.of(report("a", refused()), report("b", refused())))
                .phase())
        .isEqualTo(BuildPhase.REFUSED);
    assertThat(
            aggregator
                .aggregate(build, List.of(report("a", refused()), report("b", built("48"))))
                .phase())
        .isEqualTo(BuildPhase.BUILT);
  }
}

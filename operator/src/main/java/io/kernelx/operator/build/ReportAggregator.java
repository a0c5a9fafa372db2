// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildReport;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a KernelBuild's status of its builders' reports: a pure function.
 *
 * <ol>
 *   <li>Only reports of builders that the KernelBuild names count, and only under the name that
 *       such a report must have.
 *   <li>Of these, one that answers all values is taken before one that answers some, and a plan
 *       before a refusal; then the order of the builders decides. A refusal is final when all
 *       builders refuse.
 *   <li>While a builder works on further values, the plan and the values that are already there
 *       stay.
 *   <li>A finished answer stays when its builder is no longer named, or its report is gone.
 * </ol>
 */
public final class ReportAggregator {

  /** Returns the status that {@code build} must have. */
  public KernelBuildStatus aggregate(KernelBuild build, List<BuildReport> reports) {
    List<String> builders = build.getSpec().builders();
    List<BuildReport> trusted =
        reports.stream()
            .filter(report -> isAnswerTo(build, report))
            .filter(report -> report.getStatus() != null && report.getStatus().phase() != null)
            .sorted(Comparator.comparingInt(r -> builders.indexOf(r.getSpec().builder())))
            .toList();
    Optional<BuildReport> finished =
        trusted.stream()
            .filter(report -> isFinished(report.getStatus()))
            .min(Comparator.comparingInt(report -> rank(build, report.getStatus())));
    KernelBuildStatus before = build.getStatus();
    if (finished.isPresent()) {
      BuildReport report = finished.get();
      BuildReportStatus answer = report.getStatus();
      boolean complete = answersAll(build, answer) && !anotherMayPlan(answer, trusted, builders);
      if (complete || (answer.plan() != null && (before == null || !isFinished(before)))) {
        return new KernelBuildStatus(
            complete ? answer.phase() : BuildPhase.BUILDING,
            answer.plan(),
            answer.planDigest(),
            answer.values(),
            List.of(report.getSpec().builder()),
            answer.duration(),
            complete ? answer.refusal() : null);
      }
    }
    BuildPhase phase =
        before != null && isFinished(before) && answersAll(build, before)
            ? before.phase()
            : trusted.isEmpty() ? BuildPhase.PENDING : BuildPhase.BUILDING;
    if (before == null) {
      return new KernelBuildStatus(phase, null, null, List.of(), List.of(), null, null);
    }
    return new KernelBuildStatus(
        phase,
        before.plan(),
        before.planDigest(),
        before.values(),
        before.builtBy(),
        before.duration(),
        phase == BuildPhase.REFUSED ? before.refusal() : null);
  }

  /** One builder's refusal is not the last word while another has not answered. */
  private static boolean anotherMayPlan(
      BuildReportStatus answer, List<BuildReport> trusted, List<String> builders) {
    return answer.phase() == BuildPhase.REFUSED
        && trusted.stream().filter(report -> isFinished(report.getStatus())).count()
            < builders.size();
  }

  private static boolean isAnswerTo(KernelBuild build, BuildReport report) {
    String name = build.getMetadata().getName();
    return report.getSpec() != null
        && name.equals(report.getSpec().kernelBuild())
        && build.getSpec().builders().contains(report.getSpec().builder())
        && report.getMetadata().getName().equals(name + "." + report.getSpec().builder());
  }

  /** A plan comes with its digest; a report that says otherwise is not an answer. */
  private static boolean isFinished(BuildReportStatus status) {
    return switch (status.phase()) {
      case BUILT -> status.plan() != null && status.planDigest() != null;
      case REFUSED -> status.refusal() != null;
      case PENDING, BUILDING -> false;
    };
  }

  private static boolean isFinished(KernelBuildStatus status) {
    return status.phase() == BuildPhase.REFUSED || status.planDigest() != null;
  }

  /** A refusal of the constant as a whole is about every value. */
  private static boolean answersAll(KernelBuild build, BuildReportStatus status) {
    return status.phase() == BuildPhase.REFUSED
        || Set.copyOf(status.values().stream().map(v -> v.value()).toList())
            .containsAll(build.getSpec().values());
  }

  private static boolean answersAll(KernelBuild build, KernelBuildStatus status) {
    return status.phase() == BuildPhase.REFUSED
        || Set.copyOf(status.values().stream().map(v -> v.value()).toList())
            .containsAll(build.getSpec().values());
  }

  private static int rank(KernelBuild build, BuildReportStatus status) {
    int rank = answersAll(build, status) ? 0 : 2;
    return status.phase() == BuildPhase.BUILT ? rank : rank + 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which builds wait for one builder's answer.
 *
 * <p>A build that names the builder is answered once for each set of values. A refusal of an
 * earlier process is looked at again, because sources or tools may have come since. Not for several
 * threads.
 */
public final class OpenBuilds {
  private final String builder;
  private final ReportBoard board;
  private final Set<String> seen = new HashSet<>();

  public OpenBuilds(String builder, ReportBoard board) {
    this.builder = builder;
    this.board = board;
  }

  /** Returns the oldest of the builds that the builder owes an answer. */
  public Optional<KernelBuild> next(List<KernelBuild> builds) {
    return builds.stream()
        .filter(this::owed)
        .min(Comparator.comparing(b -> b.getMetadata().getCreationTimestamp()));
  }

  /** Notes that this process has taken the build up with its present values. */
  public void taken(KernelBuild build) {
    seen.add(question(build));
  }

  private boolean owed(KernelBuild build) {
    KernelBuildSpec spec = build.getSpec();
    return spec != null
        && spec.builders().contains(builder)
        && !seen.contains(question(build))
        && board.read(build).filter(status -> answers(status, spec)).isEmpty();
  }

  private static boolean answers(BuildReportStatus status, KernelBuildSpec spec) {
    return status.phase() == BuildPhase.BUILT
        && status.observedValues().containsAll(spec.values())
        && status.values().stream().allMatch(v -> v.refusal() == null);
  }

  private static String question(KernelBuild build) {
    return build.getMetadata().getUid() + " " + build.getSpec().values();
  }
}

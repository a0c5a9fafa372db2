// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildRefusal;
import io.kernelx.api.v1alpha1.BuiltValue;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildStatus;
import io.kernelx.api.v1alpha1.NodeTuningSpec.PlanRef;
import java.util.Optional;

/** Whether one value can be loaded on one kernel. */
public sealed interface BuildVerdict {

  /** The KernelBuild's phase, for the summary of kernels. */
  BuildPhase phase();

  /** The plan is not there yet. */
  record Waiting(BuildPhase phase) implements BuildVerdict {}

  /**
   * The plan is there and holds the value.
   *
   * @param plan where it is
   */
  record Ready(PlanRef plan) implements BuildVerdict {
    @Override
    public BuildPhase phase() {
      return BuildPhase.BUILT;
    }
  }

  /**
   * There is no plan, or it does not hold the value.
   *
   * @param phase {@code REFUSED} without a plan, {@code BUILT} when only the value was refused
   * @param reason the compiler's name for it
   * @param message its sentence
   */
  record Refused(BuildPhase phase, String reason, String message) implements BuildVerdict {}

  /** Returns the verdict on {@code value}. */
  static BuildVerdict of(Optional<KernelBuild> build, String value) {
    KernelBuildStatus status = build.map(KernelBuild::getStatus).orElse(null);
    if (status == null || status.phase() == null) {
      return new Waiting(BuildPhase.PENDING);
    }
    if (status.phase() == BuildPhase.REFUSED) {
      BuildRefusal refusal = status.refusal();
      return refusal == null
          ? new Refused(BuildPhase.REFUSED, "Refused", "the builder gave no reason")
          : new Refused(BuildPhase.REFUSED, refusal.reason(), refusal.message());
    }
    Optional<BuiltValue> built =
        status.values().stream()
            .filter(v -> value.equals(v.value()) || value.equals(v.number()))
            .findFirst();
    if (built.isEmpty() || status.planDigest() == null) {
      return new Waiting(status.phase() == BuildPhase.BUILT ? BuildPhase.BUILDING : status.phase());
    }
    BuildRefusal refusal = built.get().refusal();
    if (refusal != null) {
      return new Refused(BuildPhase.BUILT, refusal.reason(), refusal.message());
    }
    return new Ready(new PlanRef(build.get().getMetadata().getName(), status.planDigest()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import java.util.Optional;

/** Where this builder's answers are kept. */
public interface ReportBoard {

  /** Returns what this builder has answered so far. */
  Optional<BuildReportStatus> read(KernelBuild build);

  /** Writes this builder's answer in place of what stands there. */
  void write(KernelBuild build, BuildReportStatus status);
}

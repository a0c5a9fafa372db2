// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;

/** Tells a change of counts, which is no news, from other changes of a status. */
final class Counts {
  private Counts() {}

  /** Returns the status with hits left out; a first missed hit is news and stays. */
  static NodeTuningStatus none(NodeTuningStatus s) {
    return new NodeTuningStatus(
        s.observedGeneration(),
        s.bootId(),
        s.kernel(),
        s.agentVersion(),
        s.problems(),
        s.tunables().stream().map(Counts::none).toList());
  }

  private static TunableReport none(TunableReport r) {
    return r.withCounts(null, r.missed() == null ? null : Math.min(r.missed(), 1));
  }
}

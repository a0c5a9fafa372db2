// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Path;

/** Plans of the two constants for the kernel that the VM boots. */
final class TestPlans {
  private static final Path BUILD = Path.of("/var/cache/kx/o-amd64");
  private static final String RELEASE = "6.12.117+deb12-amd64";

  private TestPlans() {}

  static TunablePlan plug() throws IOException {
    return ObjectPlan.plug(BUILD, RELEASE);
  }

  static TunablePlan softirq() throws IOException {
    return ObjectPlan.softirq(BUILD, RELEASE);
  }
}

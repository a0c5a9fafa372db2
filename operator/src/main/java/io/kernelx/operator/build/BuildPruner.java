// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import io.kernelx.api.v1alpha1.KernelBuild;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides when a KernelBuild may go: when nothing has needed it for a day, so that a tunable that
 * is deleted and created anew finds its plans. The day begins anew when the operator does. May be
 * asked by several threads.
 */
public final class BuildPruner {
  /** How long a build that nothing needs is kept. */
  public static final Duration KEPT = Duration.ofDays(1);

  private final BuildUse use;
  private final Clock clock;
  private final Map<String, Instant> idleSince = new ConcurrentHashMap<>();

  public BuildPruner(BuildUse use, Clock clock) {
    this.use = use;
    this.clock = clock;
  }

  /** Returns whether the KernelBuild may be deleted now. To be asked from time to time. */
  public boolean mayGo(KernelBuild build) {
    String uid = build.getMetadata().getUid();
    if (use.needs(build)) {
      idleSince.remove(uid);
      return false;
    }
    Instant now = clock.instant();
    Instant since = idleSince.computeIfAbsent(uid, u -> now);
    boolean may = !now.isBefore(since.plus(KEPT));
    if (may) {
      idleSince.remove(uid);
    }
    return may;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import io.kernelx.sie.plan.TunablePlan;
import java.util.Objects;
import java.util.Optional;

/**
 * One value for one constant.
 *
 * @param plan the plan; must hold a proof for {@code value}
 * @param value the value asked for, decimal
 * @param owner the tunable's uid, or {@link #CLI}
 * @param manner how tasks come to see the value
 * @param revision the owner's revision, kept with what is loaded and reported back
 * @param watch follows the change and may call it off
 * @param form the form that is asked for; empty for the one that suits the plan and the kernel
 */
public record ApplyRequest(
    TunablePlan plan,
    String value,
    String owner,
    Manner manner,
    long revision,
    TransitionWatch watch,
    Optional<Form> form) {

  /** The owner of what a person loads by hand. */
  public static final String CLI = "cli";

  public ApplyRequest {
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(manner, "manner");
    Objects.requireNonNull(watch, "watch");
    Objects.requireNonNull(form, "form");
  }

  /** A request that leaves the form open. */
  public ApplyRequest(
      TunablePlan plan,
      String value,
      String owner,
      Manner manner,
      long revision,
      TransitionWatch watch) {
    this(plan, value, owner, manner, revision, watch, Optional.empty());
  }

  /** A request in the usual manner of a mode. */
  public ApplyRequest(TunablePlan plan, String value, String owner, Mode mode, long revision) {
    this(plan, value, owner, Manner.of(mode), revision);
  }

  /** A request that nobody follows. */
  public ApplyRequest(TunablePlan plan, String value, String owner, Manner manner, long revision) {
    this(plan, value, owner, manner, revision, TransitionWatch.NONE);
  }

  /** Returns the manner's mode. */
  public Mode mode() {
    return manner.mode();
  }
}

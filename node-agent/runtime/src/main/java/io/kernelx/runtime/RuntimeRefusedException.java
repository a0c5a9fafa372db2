// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.Optional;

/**
 * The runtime did not do what was asked, and the kernel stands as it did before. The message is one
 * sentence for the user: what, where, and the mend.
 */
public final class RuntimeRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final transient Optional<TransitionReport> transition;

  public RuntimeRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
    this.transition = Optional.empty();
  }

  public RuntimeRefusedException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.transition = Optional.empty();
  }

  /** A transition that did not succeed. */
  public RuntimeRefusedException(Reason reason, String message, TransitionReport transition) {
    super(message);
    this.reason = reason;
    this.transition = Optional.of(transition);
  }

  /** Returns which of the closed list of reasons it is. */
  public Reason reason() {
    return reason;
  }

  /** Returns the transition that did not succeed, if that is what it is about. */
  public Optional<TransitionReport> transition() {
    return transition == null ? Optional.empty() : transition;
  }

  /** The closed list; names are what conditions and JSON show, in UpperCamelCase. */
  public enum Reason {
    /** A behaviour that a later version has. */
    NOT_YET_SUPPORTED("NotYetSupported"),
    /** The plan was made for another kernel, architecture or compiler. */
    KERNEL_MISMATCH("KernelMismatch"),
    /** The plan is damaged or contradicts itself. */
    INVALID_PLAN("InvalidPlan"),
    /** The request asks for something that no kernel can do. */
    INVALID_REQUEST("InvalidRequest"),
    /** The value has no proof in the plan. */
    VALUE_NOT_PROVED("ValueNotProved"),
    /** The running kernel's text differs from the compiled text. */
    LIVE_TEXT_MISMATCH("LiveTextMismatch"),
    /** A function is livepatched or redirected by ftrace. */
    FUNCTION_REDIRECTED("FunctionRedirected"),
    /** Meets the sites or written places of a loaded plan. */
    OVERLAPS("Overlaps"),
    /** Another owner holds the constant. */
    OWNED_BY_ANOTHER("OwnedByAnother"),
    /** The kernel forbids a probe at the site. */
    PROBE_SITE_BLACKLISTED("ProbeSiteBlacklisted"),
    /** Lockdown, or the demand for signed modules, forbids loading. */
    LOCKDOWN("Lockdown"),
    /** This machine lacks something that loading needs. */
    MISSING_CAPABILITY("MissingCapability"),
    /** The module could not be built. */
    MODULE_BUILD_FAILED("ModuleBuildFailed"),
    /** The kernel did not take the module. */
    MODULE_LOAD_FAILED("ModuleLoadFailed"),
    /** The loaded module speaks another ABI. */
    ABI_MISMATCH("AbiMismatch"),
    /** The BPF program could not be built. */
    STUB_BUILD_FAILED("StubBuildFailed"),
    /** The kernel did not take the BPF program or a probe. */
    STUB_LOAD_FAILED("StubLoadFailed"),
    /** The value was changed by somebody else in between. */
    CHANGED_MEANWHILE("ChangedMeanwhile"),
    /** Missed hits could give a task a mixture, so only Immediate is offered. */
    MISSABLE_SITES("MissableSites"),
    /** A value derived from the constant leaves its safe span, so only Immediate is offered. */
    ESCAPES("Escapes"),
    /** Tasks stayed inside a safe span until the time was over; they are named. */
    STALLED("Stalled"),
    /** The state on this machine cannot be read or written. */
    STATE_UNREADABLE("StateUnreadable");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** Returns the reason as conditions, JSON and the command line show it. */
    public String text() {
      return text;
    }
  }
}

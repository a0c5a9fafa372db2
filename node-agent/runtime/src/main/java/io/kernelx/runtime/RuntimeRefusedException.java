// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

/**
 * The runtime did not do what was asked, and the kernel stands as it did before. The message is one
 * sentence for the user: what, where, and the mend.
 */
public final class RuntimeRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  public RuntimeRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public RuntimeRefusedException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Returns which of the closed list of reasons it is. */
  public Reason reason() {
    return reason;
  }

  /** The closed list; names are what conditions and JSON show, in UpperCamelCase. */
  public enum Reason {
    /** A behaviour that a later version has. */
    NOT_YET_SUPPORTED("NotYetSupported"),
    /** The plan was made for another kernel, architecture or compiler. */
    KERNEL_MISMATCH("KernelMismatch"),
    /** The plan is damaged or contradicts itself. */
    INVALID_PLAN("InvalidPlan"),
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

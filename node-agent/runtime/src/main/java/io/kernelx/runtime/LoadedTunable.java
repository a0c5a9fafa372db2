// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

/**
 * A constant that is changed, or being changed, in the running kernel.
 *
 * @param constId this node's number for it, never given out twice within a boot
 * @param constant the constant's name
 * @param owner the tunable's uid, or {@link ApplyRequest#CLI}
 * @param revision the owner's revision of the value that is live
 * @param mode the mode it was loaded with
 * @param planDigest the digest of the plan whose value is live
 * @param definitionDigest the digest of the definition behind the plan
 * @param observedValue the value that the kernel holds now, decimal, as read back from the module
 * @param active whether probes write that value
 * @param hits how often a probe was reached while active
 * @param applied how often all of a site's writes were done
 * @param denied how often the module refused a write; anything but 0 is a fault
 * @param missed how often the kernel counted a probe as missed
 * @param state whether it is whole
 * @param message one sentence when the state is not {@link State#APPLIED}, else empty
 * @param form what its probes act by, and why
 * @param text what the verification of the live text looked at; all zero when it has not been
 *     looked at by this process
 */
public record LoadedTunable(
    int constId,
    String constant,
    String owner,
    long revision,
    Mode mode,
    String planDigest,
    String definitionDigest,
    String observedValue,
    boolean active,
    long hits,
    long applied,
    long denied,
    long missed,
    State state,
    String message,
    FormChoice form,
    TextCoverage text) {

  /** How a loaded tunable stands. */
  public enum State {
    /** Every probe is in place and the value is live. */
    APPLIED,
    /** Something of it is missing or was changed behind our back. */
    DRIFTED,
    /** A process died while loading or unloading; the next apply or revert cleans it up. */
    INCOMPLETE
  }

  /**
   * How much of the functions' text was held against the running kernel.
   *
   * @param functions functions compared
   * @param bytes their length
   * @param maskedByPatchSites bytes that the kernel rewrites by itself, by its own tables
   * @param maskedByRelocations bytes of relocation fields whose symbol kallsyms cannot tell
   */
  public record TextCoverage(
      int functions, int bytes, int maskedByPatchSites, int maskedByRelocations) {

    /** Nothing looked at. */
    public static final TextCoverage NONE = new TextCoverage(0, 0, 0, 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * A place where a value derived from the constant leaves its safe span.
 *
 * @param kind how it leaves
 * @param function the symbol
 * @param offset of the instruction, from the function's start
 * @param message one sentence for the user
 * @param reviewed why somebody who looked at it accepts it, from the definition; empty if nobody
 *     has
 */
public record Hazard(Kind kind, String function, int offset, String message, String reviewed) {

  /**
   * How a derived value leaves. Everything but a call argument confines the plan to Immediate mode
   * unless reviewed.
   */
  public enum Kind {
    /** The calling frame is inside its span for as long as the call runs. */
    CALL_ARGUMENT(false),
    RETURN(true),
    TAIL_CALL(true),
    STORE(true);

    private final boolean escapes;

    Kind(boolean escapes) {
      this.escapes = escapes;
    }

    /** Returns whether the value outlives the function's frame. */
    public boolean escapes() {
      return escapes;
    }
  }

  /** Returns the same hazard with a reason for accepting it. */
  public Hazard withReview(String why) {
    return new Hazard(kind, function, offset, message, why);
  }

  /** Returns whether the value outlives the frame and nobody has accepted that. */
  public boolean open() {
    return kind.escapes() && reviewed.isEmpty();
  }
}

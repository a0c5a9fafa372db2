// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

/**
 * A place where a value derived from the constant leaves its safe span.
 *
 * @param kind how it leaves
 * @param function the symbol
 * @param offset of the instruction, from the function's start
 * @param message one sentence for the user
 */
public record Hazard(Kind kind, String function, int offset, String message) {

  /**
   * How a derived value leaves. Everything but a call argument confines the plan to Immediate mode
   * unless reviewed.
   */
  public enum Kind {
    CALL_ARGUMENT,
    RETURN,
    TAIL_CALL,
    STORE
  }
}

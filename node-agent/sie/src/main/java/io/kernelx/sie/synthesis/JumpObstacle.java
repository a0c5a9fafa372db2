// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

/** Why the kernel makes no jump of a probe. */
public enum JumpObstacle {
  /** What the constant made is in memory already, where no later probe finds it unseen. */
  IN_MEMORY("inMemory"),
  /** Right after the seed other ways join, or the function is left. */
  OTHERS_JOIN("othersJoin"),
  /** An instruction that a jump would cover runs only at its own place. */
  NOT_BOOSTABLE("notBoostable"),
  /** A jump leads between the bytes that would be covered, or right behind them. */
  JUMPED_INTO("jumpedInto"),
  /** The kernel rewrites bytes that would be covered. */
  PATCHED("patched"),
  /** The function has a place whose fault has a fixup. */
  FIXUP("fixup"),
  /** The function ends within the jump. */
  FUNCTION_END("functionEnd");

  private final String text;

  JumpObstacle(String text) {
    this.text = text;
  }

  /** Returns the name that answers use. */
  public String text() {
    return text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/**
 * What an instruction does with an operand.
 *
 * @param reads always reads it
 * @param writes always writes it
 * @param mayRead reads it under a condition
 * @param mayWrite writes it under a condition, otherwise leaves it as it is
 */
public record Access(boolean reads, boolean writes, boolean mayRead, boolean mayWrite) {

  /** Returns whether the operand is read, always or under a condition. */
  public boolean anyRead() {
    return reads || mayRead;
  }

  /** Returns whether the operand is written, always or under a condition. */
  public boolean anyWrite() {
    return writes || mayWrite;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/** What stands at an offset: an instruction, or bytes that are none. */
public sealed interface Decoded permits Instruction, Undecodable {
  /** Returns the offset of the first byte, in the caller's coordinates. */
  int offset();
}

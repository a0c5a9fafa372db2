// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * Decodes x86-64 machine code with Zydis 4.0. Thread-safe; loads the library once, when made.
 *
 * <p>Any bytes may be given: what is no instruction is answered {@link Undecodable}.
 */
public final class Decoder {
  /** No x86 instruction is longer. */
  private static final int LONGEST = 15;

  private final Zydis zydis;

  /**
   * @throws DecoderUnavailableException if libZydis 4.0 is not installed
   */
  public Decoder() {
    this.zydis = new Zydis();
  }

  /**
   * Decodes what stands at one place.
   *
   * @param code the bytes
   * @param index of the instruction's first byte within {@code code}; the result's offset
   */
  public Decoded decode(Bytes code, int index) {
    Bytes window = code.slice(index, Math.min(code.length(), index + LONGEST));
    return zydis.decode(window, index);
  }

  /**
   * Decodes from the first byte to the last, instruction after instruction.
   *
   * @return instructions whose offsets count from the first byte; if something cannot be decoded,
   *     an {@link Undecodable} is the last element and the rest is left out
   */
  public List<Decoded> decodeAll(Bytes code) {
    List<Decoded> all = new ArrayList<>();
    int at = 0;
    while (at < code.length()) {
      Decoded next = decode(code, at);
      all.add(next);
      if (!(next instanceof Instruction instruction)) {
        break;
      }
      at += instruction.length();
    }
    return List.copyOf(all);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import java.util.List;

/**
 * A section that is part of the running kernel and holds no function: data, tables, and the pieces
 * of code that replace others.
 *
 * @param name the section
 * @param size in bytes
 * @param writable whether the kernel may write to it
 * @param content the bytes, empty for zeroed memory
 * @param references what stands at which offset: {@code symbol+addend} with the symbol that covers
 *     the target; a target inside a function is named without its offset
 */
public record DataSection(
    String name, long size, boolean writable, Bytes content, List<Reference> references) {

  public DataSection {
    references = List.copyOf(references);
  }

  /**
   * @param offset of the field in the section
   * @param target what it points to
   * @param landing distance from the start of the function that is referred to, 0 for anything else
   */
  public record Reference(int offset, String target, int landing) {}
}

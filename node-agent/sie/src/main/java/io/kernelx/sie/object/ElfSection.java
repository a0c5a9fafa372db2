// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;

/**
 * A section of an ELF object.
 *
 * @param index in the section table
 * @param name as in the section name table
 * @param type the {@code SHT_} number
 * @param flags the {@code SHF_} bits
 * @param size in bytes, also of sections without content
 * @param content empty for sections without content in the file
 */
record ElfSection(int index, String name, int type, long flags, long size, Bytes content) {
  private static final long WRITE = 1;
  private static final long ALLOC = 2;
  private static final long EXEC = 4;

  boolean executable() {
    return (flags & EXEC) != 0;
  }

  /** Returns whether the section is part of the running kernel. */
  boolean allocated() {
    return (flags & ALLOC) != 0;
  }

  boolean writable() {
    return (flags & WRITE) != 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The program headers of an ELF-64 core file: which address stands where in the file. */
final class ElfCore {
  /** Bytes that an ELF header has. */
  static final int HEADER = 64;

  private static final int PROGRAM_HEADER = 56;
  private static final int PT_LOAD = 1;
  private static final int ET_CORE = 4;
  private static final int EM_X86_64 = 62;

  private ElfCore() {}

  /** A range of memory in the file. Addresses are unsigned. */
  record Segment(long address, long size, long offset) {
    boolean holds(long from, int length) {
      long inside = from - address;
      return Long.compareUnsigned(from, address) >= 0
          && Long.compareUnsigned(inside, size) < 0
          && Long.compareUnsigned(length, size - inside) <= 0;
    }
  }

  /** Where the program headers stand. */
  record Table(long offset, int count) {
    int size() {
      return count * PROGRAM_HEADER;
    }
  }

  /**
   * Reads the ELF header.
   *
   * @param header the file's first {@value #HEADER} bytes
   */
  static Table table(byte[] header) throws IOException {
    if (header.length < HEADER) {
      throw new IOException("the core file ends within its header");
    }
    ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    boolean elf64 = buffer.getInt(0) == 0x464c457f && buffer.get(4) == 2 && buffer.get(5) == 1;
    if (!elf64 || buffer.getShort(16) != ET_CORE || buffer.getShort(18) != EM_X86_64) {
      throw new IOException("the core file is not an x86-64 ELF core");
    }
    long offset = buffer.getLong(32);
    int count = Short.toUnsignedInt(buffer.getShort(56));
    if (buffer.getShort(54) != PROGRAM_HEADER || offset < HEADER) {
      throw new IOException("the core file has no readable program headers");
    }
    return new Table(offset, count);
  }

  /** Reads the program headers; segments that hold no memory of the kernel are left out. */
  static List<Segment> segments(byte[] table) {
    ByteBuffer buffer = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    List<Segment> segments = new ArrayList<>();
    for (int at = 0; at + PROGRAM_HEADER <= table.length; at += PROGRAM_HEADER) {
      long offset = buffer.getLong(at + 8);
      long size = buffer.getLong(at + 32);
      if (buffer.getInt(at) == PT_LOAD && offset >= 0 && size > 0) {
        segments.add(new Segment(buffer.getLong(at + 16), size, offset));
      }
    }
    return List.copyOf(segments);
  }

  /** Returns where the bytes stand in the file, if one segment holds them all. */
  static Optional<Long> offset(List<Segment> segments, long address, int length) {
    return segments.stream()
        .filter(s -> s.holds(address, length))
        .map(s -> s.offset() + (address - s.address()))
        .filter(offset -> offset >= 0 && offset <= Long.MAX_VALUE - length)
        .findFirst();
  }
}

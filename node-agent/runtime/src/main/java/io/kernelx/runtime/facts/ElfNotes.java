// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.facts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;

/** Reads ELF notes, as in {@code /sys/kernel/notes}. Damaged input yields nothing, never throws. */
final class ElfNotes {
  private static final int NT_GNU_BUILD_ID = 3;

  private ElfNotes() {}

  /** Returns the GNU build-id in lower-case hex, if the notes hold one. */
  static Optional<String> buildId(byte[] notes) {
    ByteBuffer buffer = ByteBuffer.wrap(notes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.remaining() >= 12) {
      int nameSize = buffer.getInt();
      int descSize = buffer.getInt();
      int type = buffer.getInt();
      long namePadded = padded(nameSize);
      long descPadded = padded(descSize);
      if (nameSize < 0 || descSize < 0 || namePadded + descSize > buffer.remaining()) {
        return Optional.empty();
      }
      byte[] name = new byte[nameSize];
      buffer.get(buffer.position(), name);
      int desc = (int) (buffer.position() + namePadded);
      if (type == NT_GNU_BUILD_ID && isGnu(name)) {
        byte[] id = new byte[descSize];
        buffer.get(desc, id);
        return Optional.of(HexFormat.of().formatHex(id));
      }
      buffer.position((int) Math.min(desc + descPadded, buffer.limit()));
    }
    return Optional.empty();
  }

  private static long padded(int size) {
    return ((long) size + 3) & ~3L;
  }

  private static boolean isGnu(byte[] name) {
    return name.length == 4 && name[0] == 'G' && name[1] == 'N' && name[2] == 'U' && name[3] == 0;
  }
}

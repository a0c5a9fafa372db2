// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** One ioctl request and its struct, zero at first. */
final class StructCall {
  private final Libc libc;
  private final int fd;
  private final StructLayout layout;
  private final long code;
  private final String what;
  private final MemorySegment struct;

  /**
   * @param code the request's whole number
   * @param what names the request in errors
   */
  StructCall(Libc libc, int fd, Arena arena, StructLayout layout, long code, String what) {
    this.libc = libc;
    this.fd = fd;
    this.layout = layout;
    this.code = code;
    this.what = what;
    this.struct = arena.allocate(layout);
  }

  /** Returns the number of {@code _IOWR('x', number, struct)}. */
  static long code(int number, StructLayout layout) {
    return 3L << 30 | layout.byteSize() << 16 | 'x' << 8 | number;
  }

  void set(String field, int value) {
    struct.set(JAVA_INT, offset(field), value);
  }

  void set(String field, long value) {
    struct.set(JAVA_LONG, offset(field), value);
  }

  int getInt(String field) {
    return struct.get(JAVA_INT, offset(field));
  }

  long getLong(String field) {
    return struct.get(JAVA_LONG, offset(field));
  }

  void run() throws SystemCallException {
    libc.ioctl(fd, code, struct, what);
  }

  private long offset(String field) {
    return layout.byteOffset(PathElement.groupElement(field));
  }
}

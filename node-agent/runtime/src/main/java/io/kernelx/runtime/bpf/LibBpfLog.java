// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Keeps what libbpf says, so that an error can repeat it instead of standard error. */
final class LibBpfLog {
  private static final int LEVEL_INFO = 1;
  private static final int LINE = 4096;
  private static final int KEPT = 16384;
  private static final int SHOWN = 400;

  private final StringBuilder text = new StringBuilder();
  private final MethodHandle format;
  private final MemorySegment callback;

  LibBpfLog() {
    Linker linker = Linker.nativeLinker();
    format =
        linker.downcallHandle(
            linker.defaultLookup().find("vsnprintf").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    try {
      MethodHandle print =
          MethodHandles.lookup()
              .bind(
                  this,
                  "print",
                  MethodType.methodType(
                      int.class, int.class, MemorySegment.class, MemorySegment.class));
      callback =
          linker.upcallStub(
              print, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  MemorySegment callback() {
    return callback;
  }

  /** Called by libbpf; the va_list is a pointer in x86-64's calling convention. */
  private int print(int level, MemorySegment pattern, MemorySegment arguments) {
    if (level > LEVEL_INFO) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(LINE);
      int length = (int) format.invokeExact(buffer, (long) LINE, pattern, arguments);
      if (length > 0) {
        append(buffer.getString(0, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
      return length;
    } catch (Throwable e) {
      return 0;
    }
  }

  private synchronized void append(String line) {
    if (text.length() < KEPT) {
      text.append(line);
    }
  }

  synchronized void clear() {
    text.setLength(0);
  }

  /** Returns the first lines of what was said since the last {@link #clear}. */
  synchronized String last() {
    String said =
        String.join(
            "; ", text.toString().lines().map(String::strip).filter(l -> !l.isEmpty()).toList());
    return said.length() > SHOWN ? said.substring(0, SHOWN) + "…" : said;
  }
}

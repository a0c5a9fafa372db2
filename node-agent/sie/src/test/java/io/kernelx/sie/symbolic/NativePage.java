// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A page of memory on which this machine's processor runs one instruction with every register but
 * the stack pointer, and the flags, set before and read after.
 */
final class NativePage implements AutoCloseable {

  static final int FLAGS = 16;
  private static final long SIZE = 4096;
  private static final int RWX = 7;
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private final Arena arena = Arena.ofConfined();
  private final Linker linker = Linker.nativeLinker();
  private final MemorySegment page;
  private final MemorySegment context = arena.allocate(8L * 17, 16);
  private final MethodHandle run;

  NativePage() throws Throwable {
    MethodHandle mmap =
        linker.downcallHandle(
            linker.defaultLookup().find("mmap").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    long address = (long) mmap.invokeExact(0L, SIZE, RWX, PRIVATE_ANONYMOUS, -1, 0L);
    if (address == -1) {
      throw new IllegalStateException("this machine gives no page that can be written and run");
    }
    page = MemorySegment.ofAddress(address).reinterpret(SIZE);
    run = linker.downcallHandle(page, FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  }

  /**
   * Runs one instruction.
   *
   * @param state the 16 registers in encoding order, then the flags; changed to what they are after
   */
  void run(byte[] instruction, long[] state) throws Throwable {
    byte[] code = around(instruction);
    MemorySegment.copy(code, 0, page, ValueLayout.JAVA_BYTE, 0, code.length);
    MemorySegment.copy(state, 0, context, ValueLayout.JAVA_LONG, 0, state.length);
    run.invokeExact(context);
    MemorySegment.copy(context, ValueLayout.JAVA_LONG, 0, state, 0, state.length);
  }

  private static byte[] around(byte[] instruction) {
    ByteArrayOutputStream c = new ByteArrayOutputStream();
    bytes(c, 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57); // push callee-saved
    bytes(c, 0x57); // push %rdi
    bytes(c, 0xff, 0xb7, 0x80, 0, 0, 0, 0x9d); // push 128(%rdi); popf
    for (int r = 0; r < 16; r++) {
      if (r != 4 && r != 7) {
        move(c, 0x8b, r, 7, r);
      }
    }
    move(c, 0x8b, 7, 7, 7);
    c.writeBytes(instruction);
    bytes(c, 0x9c, 0x50); // pushf; push %rax
    bytes(c, 0x48, 0x8b, 0x44, 0x24, 0x10); // mov 16(%rsp),%rax
    for (int r = 1; r < 16; r++) {
      if (r != 4) {
        move(c, 0x89, r, 0, r);
      }
    }
    bytes(c, 0x59); // pop %rcx
    move(c, 0x89, 1, 0, 0);
    bytes(c, 0x59);
    move(c, 0x89, 1, 0, FLAGS);
    bytes(c, 0x5f, 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3);
    return c.toByteArray();
  }

  /** A 64-bit move between a register and the slot of the context that {@code base} points to. */
  private static void move(ByteArrayOutputStream c, int opcode, int reg, int base, int slot) {
    bytes(c, 0x48 | (reg >= 8 ? 4 : 0), opcode, 0x80 | (reg & 7) << 3 | base, slot * 8, 0, 0, 0);
  }

  private static void bytes(ByteArrayOutputStream c, int... values) {
    for (int v : values) {
      c.write(v);
    }
  }

  @Override
  public void close() {
    try {
      MethodHandle munmap =
          linker.downcallHandle(
              linker.defaultLookup().find("munmap").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
      int result = (int) munmap.invokeExact(page.address(), SIZE);
      if (result != 0) {
        throw new IllegalStateException("munmap failed");
      }
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    } finally {
      arena.close();
    }
  }
}

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
 * Memory in which this machine's processor runs code with every register and the arithmetic flags
 * set before and read after, the stack pointer included, and with a window of memory to work on.
 */
final class NativePage implements AutoCloseable {

  static final int FLAGS = 16;

  /** Bytes of the window. */
  static final int WINDOW = 2048;

  private static final long PAGE = 4096;
  private static final int SAVED = 17;
  private static final long WINDOW_AT = 14 * PAGE;
  private static final long SIZE = 18 * PAGE;
  private static final int RWX = 7;
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private final Arena arena = Arena.ofConfined();
  private final Linker linker = Linker.nativeLinker();
  private final MemorySegment memory;
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
    memory = MemorySegment.ofAddress(address).reinterpret(SIZE);
    run = linker.downcallHandle(memory, FunctionDescriptor.ofVoid());
  }

  /** Returns the address of the window; there is room for a stack below it. */
  long window() {
    return memory.address() + WINDOW_AT;
  }

  /** Returns the address at which loaded code begins. */
  long body() {
    return memory.address() + beginning().length;
  }

  /** Returns the address of a slot of eight bytes that code can reach; from 20 on they are free. */
  long slot(int number) {
    return memory.address() + PAGE + 8L * number;
  }

  /** Reads a byte at an address of this memory. */
  byte peek(long address) {
    return memory.get(ValueLayout.JAVA_BYTE, address - memory.address());
  }

  /** Writes a byte at an address of this memory. */
  void poke(long address, byte value) {
    memory.set(ValueLayout.JAVA_BYTE, address - memory.address(), value);
  }

  void set(int slot, long value) {
    memory.set(ValueLayout.JAVA_LONG, PAGE + 8L * slot, value);
  }

  /** Returns what stands in the slot's low four bytes, sign-extended. */
  long get(int slot) {
    return memory.get(ValueLayout.JAVA_INT, PAGE + 8L * slot);
  }

  /** Puts code in place; control must run through to its end. */
  void load(byte[] body) {
    byte[] code = around(body);
    MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
  }

  /**
   * Runs what was loaded.
   *
   * @param state the 16 registers in encoding order, then the flags; changed to what they are after
   * @param bytes the window's content; changed to what it is after
   */
  void run(long[] state, byte[] bytes) throws Throwable {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, WINDOW_AT, WINDOW);
    MemorySegment.copy(state, 0, memory, ValueLayout.JAVA_LONG, PAGE, 17);
    run.invokeExact();
    MemorySegment.copy(memory, ValueLayout.JAVA_LONG, PAGE, state, 0, 17);
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, WINDOW_AT, bytes, 0, WINDOW);
  }

  private static byte[] beginning() {
    ByteArrayOutputStream c = new ByteArrayOutputStream();
    bytes(c, 0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57); // push callee-saved
    slot(c, 0x48, 0x89, 4, SAVED); // mov %rsp,saved
    slot(c, 0, 0xff, 6, FLAGS); // push flags
    c.write(0x9d); // popf
    for (int r = 0; r < 16; r++) {
      slot(c, 0x48 | r >> 3 << 2, 0x8b, r & 7, r);
    }
    return c.toByteArray();
  }

  private static byte[] around(byte[] body) {
    ByteArrayOutputStream c = new ByteArrayOutputStream();
    c.writeBytes(beginning());
    c.writeBytes(body);
    for (int r = 0; r < 16; r++) {
      slot(c, 0x48 | r >> 3 << 2, 0x89, r & 7, r);
    }
    slot(c, 0x48, 0x8b, 4, SAVED); // mov saved,%rsp
    c.write(0x9c); // pushf
    slot(c, 0, 0x8f, 0, FLAGS); // pop flags
    bytes(c, 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, 0xc3);
    if (c.size() > PAGE) {
      throw new IllegalArgumentException("the code is too long for a page");
    }
    return c.toByteArray();
  }

  /** An instruction whose memory operand is a slot of the second page, by distance from here. */
  private static void slot(ByteArrayOutputStream c, int rex, int opcode, int reg, int slot) {
    if (rex != 0) {
      c.write(rex);
    }
    bytes(c, opcode, reg << 3 | 5);
    int distance = (int) PAGE + slot * 8 - (c.size() + 4);
    for (int k = 0; k < 4; k++) {
      c.write(distance >> 8 * k);
    }
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
      int result = (int) munmap.invokeExact(memory.address(), SIZE);
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

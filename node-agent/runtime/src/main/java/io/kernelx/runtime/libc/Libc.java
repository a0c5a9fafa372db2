// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/** System calls of x86-64 Linux. Stateless; any thread may call. */
public final class Libc {
  private static final int O_RDWR_CLOEXEC = 0x80002;
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final long SYS_PERF_EVENT_OPEN = 298;
  private static final long SYS_FINIT_MODULE = 313;
  private static final long SYS_DELETE_MODULE = 176;
  private static final int S_IFCHR_600 = 0x2000 | 0x180;
  private static final int O_NONBLOCK = 0x800;
  private static final long PERF_FLAG_FD_CLOEXEC = 8;

  private final StructLayout errorState = Linker.Option.captureStateLayout();
  private final VarHandle errno =
      errorState.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private final MethodHandle open;
  private final MethodHandle close;
  private final MethodHandle ioctl;
  private final MethodHandle mknod;
  private final MethodHandle syscall;

  public Libc() {
    open = handle("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    close = handle("close", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    ioctl = handle("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    mknod = handle("mknod", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
    syscall =
        handle(
            "syscall",
            1,
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  private static MethodHandle handle(String name, int variadicFrom, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    Linker.Option errnoOption = Linker.Option.captureCallState("errno");
    MemorySegment address = linker.defaultLookup().find(name).orElseThrow();
    return variadicFrom < 0
        ? linker.downcallHandle(address, type, errnoOption)
        : linker.downcallHandle(
            address, type, errnoOption, Linker.Option.firstVariadicArg(variadicFrom));
  }

  /**
   * Opens a file for reading and writing.
   *
   * @return the descriptor; the caller closes it
   */
  public int openReadWrite(Path path) throws SystemCallException {
    return open(path, O_RDWR_CLOEXEC);
  }

  /** Closes a descriptor; a failure says nothing to anybody and is dropped. */
  public void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) close.invokeExact(arena.allocate(errorState), fd);
    } catch (Throwable e) {
      throw new IllegalStateException("close could not be called", e);
    }
  }

  /**
   * Makes an ioctl request.
   *
   * @param argument the request's struct, read and written by the kernel
   * @param what names the request in the error
   */
  public void ioctl(int fd, long request, MemorySegment argument, String what)
      throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(errorState);
      int result = (int) ioctl.invokeExact(state, fd, request, argument);
      if (result < 0) {
        throw new SystemCallException(what, (int) errno.get(state, 0L));
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("ioctl could not be called", e);
    }
  }

  /**
   * Opens a perf event for every process, on CPU 0's behalf.
   *
   * @param attributes a {@code struct perf_event_attr}
   * @return the descriptor; the caller closes it
   */
  public int perfEventOpen(MemorySegment attributes) throws SystemCallException {
    return (int)
        syscall(
            "perf_event_open",
            SYS_PERF_EVENT_OPEN,
            attributes.address(),
            -1,
            0,
            -1,
            PERF_FLAG_FD_CLOEXEC);
  }

  /** Loads a module from a file. */
  public void loadModule(Path file, String parameters) throws IOException {
    int fd = open(file, O_RDONLY_CLOEXEC);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(parameters);
      syscall("finit_module", SYS_FINIT_MODULE, fd, text.address(), 0, 0, 0);
    } finally {
      close(fd);
    }
  }

  /** Makes the node of a character device, for its owner alone. */
  public void makeDevice(Path path, int major, int minor) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(errorState);
      long device = (minor & 0xffL) | (long) major << 8 | (minor & ~0xffL) << 12;
      int result =
          (int) mknod.invokeExact(state, arena.allocateFrom(path.toString()), S_IFCHR_600, device);
      if (result < 0) {
        throw new SystemCallException("mknod " + path, (int) errno.get(state, 0L));
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("mknod could not be called", e);
    }
  }

  /** Unloads a module that nobody uses. */
  public void unloadModule(String name) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      syscall("delete_module", SYS_DELETE_MODULE, text.address(), O_NONBLOCK, 0, 0, 0);
    }
  }

  private int open(Path path, int flags) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(errorState);
      MemorySegment name = arena.allocateFrom(path.toString());
      int fd = (int) open.invokeExact(state, name, flags);
      if (fd < 0) {
        throw new SystemCallException("open " + path, (int) errno.get(state, 0L));
      }
      return fd;
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("open could not be called", e);
    }
  }

  private long syscall(String what, long number, long a, long b, long c, long d, long e)
      throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(errorState);
      long result = (long) syscall.invokeExact(state, number, a, b, c, d, e);
      if (result < 0) {
        throw new SystemCallException(what, (int) errno.get(state, 0L));
      }
      return result;
    } catch (SystemCallException failed) {
      throw failed;
    } catch (Throwable failed) {
      throw new IllegalStateException(what + " could not be called", failed);
    }
  }
}

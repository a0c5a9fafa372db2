// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.libc.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** libbpf's functions, by name. Each call returns what libbpf returned, or throws its error. */
final class LibBpfCalls {
  private final StructLayout errorState = Linker.Option.captureStateLayout();
  private final VarHandle errno =
      errorState.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private final SymbolLookup library;
  private final LibBpfLog log;

  /**
   * @param name as {@code dlopen} takes it
   * @throws IOException if there is no such library
   */
  LibBpfCalls(String name) throws IOException {
    try {
      library = SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new IOException(name + " is missing; install libbpf1 (Debian 12)", e);
    }
    log = new LibBpfLog();
    try {
      MethodHandle setPrint =
          Linker.nativeLinker()
              .downcallHandle(
                  library.find("libbpf_set_print").orElseThrow(),
                  FunctionDescriptor.of(ADDRESS, ADDRESS));
      MemorySegment before = (MemorySegment) setPrint.invokeExact(log.callback());
      assert before != null;
    } catch (Throwable e) {
      throw new IOException(name + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** A bound function. */
  final class Function {
    private final String name;
    private final MethodHandle handle;

    private Function(String name, MethodHandle handle) {
      this.name = name;
      this.handle = handle;
    }

    /** Calls it; a negative number is an error. */
    int number(Object... arguments) throws IOException {
      log.clear();
      try (Arena arena = Arena.ofConfined()) {
        int result =
            (int) handle.invokeWithArguments(withState(arena.allocate(errorState), arguments));
        if (result < 0) {
          throw failed(-result);
        }
        return result;
      } catch (IOException e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(name + " could not be called", e);
      }
    }

    /** Calls it; null is an error. */
    MemorySegment pointer(Object... arguments) throws IOException {
      log.clear();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(errorState);
        MemorySegment result =
            (MemorySegment) handle.invokeWithArguments(withState(state, arguments));
        if (result.equals(MemorySegment.NULL)) {
          throw failed((int) errno.get(state, 0L));
        }
        return result;
      } catch (IOException e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(name + " could not be called", e);
      }
    }

    private Object[] withState(MemorySegment state, Object[] arguments) {
      Object[] all = new Object[arguments.length + 1];
      all[0] = state;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      return all;
    }

    private IOException failed(int error) {
      String said = log.last();
      return new IOException(
          name + ": " + Errno.text(error) + (said.isEmpty() ? "" : " (" + said + ")"));
    }
  }

  /** Binds a function that returns an int. */
  Function number(String name, MemoryLayout... arguments) {
    return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /** Binds a function that returns a pointer. */
  Function pointer(String name, MemoryLayout... arguments) {
    return bind(name, FunctionDescriptor.of(ADDRESS, arguments));
  }

  /** Binds {@code bpf_object__close}. */
  MethodHandle closer() {
    return Linker.nativeLinker()
        .downcallHandle(
            library.find("bpf_object__close").orElseThrow(), FunctionDescriptor.ofVoid(ADDRESS));
  }

  private Function bind(String name, FunctionDescriptor type) {
    return new Function(
        name,
        Linker.nativeLinker()
            .downcallHandle(
                library
                    .find(name)
                    .orElseThrow(
                        () ->
                            new IllegalStateException("libbpf has no " + name + "; 1.1 is needed")),
                type,
                Linker.Option.captureCallState("errno")));
  }

  static final MemoryLayout POINTER = ADDRESS;
  static final MemoryLayout INT = JAVA_INT;
  static final MemoryLayout LONG = JAVA_LONG;
}

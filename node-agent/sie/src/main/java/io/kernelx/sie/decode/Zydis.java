// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** The native library: three functions that decode and name, nothing kept between calls. */
final class Zydis {
  private static final List<String> LIBRARIES = List.of("libZydis.so.4.0", "libZydis.so");
  private static final long VERSION_MAJOR_MINOR = 0x0004_0000L;
  private static final String MEND = "install libzydis4.0 (Debian 12)";
  private static final int LONGEST_NAME = 64;

  private final MethodHandle decodeFull;
  private final MethodHandle mnemonicName;
  private final MethodHandle registerName;
  private final MethodHandle registerWidth;
  private final MemorySegment decoder;
  private final RegisterNames registers = new RegisterNames();

  Zydis() {
    SymbolLookup library = load();
    Linker linker = Linker.nativeLinker();
    decodeFull =
        linker.downcallHandle(
            find(library, "ZydisDecoderDecodeFull"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    mnemonicName =
        linker.downcallHandle(
            find(library, "ZydisMnemonicGetString"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    registerName =
        linker.downcallHandle(
            find(library, "ZydisRegisterGetString"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    registerWidth =
        linker.downcallHandle(
            find(library, "ZydisRegisterGetWidth"),
            FunctionDescriptor.of(JAVA_SHORT, JAVA_INT, JAVA_INT));
    MethodHandle version =
        linker.downcallHandle(find(library, "ZydisGetVersion"), FunctionDescriptor.of(JAVA_LONG));
    MethodHandle init =
        linker.downcallHandle(
            find(library, "ZydisDecoderInit"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    decoder = Arena.ofAuto().allocate(ZydisLayout.DECODER_SIZE, 8);
    try {
      long found = (long) version.invokeExact();
      if (found >>> 32 != VERSION_MAJOR_MINOR) {
        throw new DecoderUnavailableException(
            "libZydis has version 0x%x, but 4.0 is needed; %s".formatted(found, MEND), null);
      }
      int status =
          (int) init.invokeExact(decoder, ZydisLayout.MODE_LONG_64, ZydisLayout.STACK_WIDTH_64);
      if (status < 0) {
        throw new DecoderUnavailableException("libZydis could not be initialised; " + MEND, null);
      }
    } catch (DecoderUnavailableException e) {
      throw e;
    } catch (Throwable e) {
      throw new DecoderUnavailableException("libZydis could not be called; " + MEND, e);
    }
  }

  private static SymbolLookup load() {
    IllegalArgumentException last = null;
    for (String name : LIBRARIES) {
      try {
        return SymbolLookup.libraryLookup(name, Arena.global());
      } catch (IllegalArgumentException e) {
        last = e;
      }
    }
    throw new DecoderUnavailableException("libZydis.so.4.0 was not found; " + MEND, last);
  }

  private static MemorySegment find(SymbolLookup library, String name) {
    return library
        .find(name)
        .orElseThrow(
            () ->
                new DecoderUnavailableException(
                    "libZydis has no function " + name + "; " + MEND, null));
  }

  Decoded decode(Bytes window, int offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, window.toArray());
      MemorySegment raw = arena.allocate(ZydisLayout.INSTRUCTION_SIZE, 8);
      MemorySegment operands =
          arena.allocate((long) ZydisLayout.OPERAND_SIZE * ZydisLayout.MAX_OPERANDS, 8);
      int status;
      try {
        status =
            (int) decodeFull.invokeExact(decoder, buffer, (long) window.length(), raw, operands);
      } catch (Throwable e) {
        throw new IllegalStateException("libZydis could not be called", e);
      }
      if (status < 0) {
        boolean cutOff = status == ZydisLayout.STATUS_NO_MORE_DATA;
        return new Undecodable(
            offset, cutOff ? "the instruction is cut off" : "no instruction of 64-bit code");
      }
      return new ZydisReader(this, raw, operands, window, offset).read();
    }
  }

  String mnemonic(int id) {
    return name(mnemonicName, id);
  }

  RegisterView register(int id) {
    try {
      short width = (short) registerWidth.invokeExact(ZydisLayout.MODE_LONG_64, id);
      return registers.view(name(registerName, id), Short.toUnsignedInt(width));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("libZydis could not be called", e);
    }
  }

  private static String name(MethodHandle function, int id) {
    try {
      MemorySegment text = (MemorySegment) function.invokeExact(id);
      return text.reinterpret(LONGEST_NAME).getString(0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("libZydis could not be called", e);
    }
  }
}

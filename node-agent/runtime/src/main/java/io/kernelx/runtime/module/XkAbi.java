// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;

/** The layouts and numbers of {@code kernel/kfuncs/xk_abi.h}. A test holds the two together. */
final class XkAbi {
  /** The version that this code was written for; a module with a higher one serves it too. */
  static final int VERSION = 5;

  /** The least version that this code can work with, as long as nothing newer is asked for. */
  static final int OLDEST = 1;

  static final int SITE_SIZE = 48;
  static final int SITE_WIDTHS = 8;
  static final int SITE_SKIP = 32;
  static final int SITE_MEM_ACCESS = 33;
  static final int SITE_MEM_WIDTH = 34;
  static final int SITE_MEM_BASE = 35;
  static final int SITE_MEM_INDEX = 36;
  static final int SITE_MEM_SCALE = 37;
  static final int SITE_MEM_DISP = 40;
  static final int MEM_READ = 1;
  static final int MEM_WRITE = 2;
  static final int READ_NEXT = 1;
  static final int STATE_NEW = 2;
  static final int STATE_MOVING = 4;
  static final int DEACTIVATE = 0;
  static final int ACTIVATE = 1;
  static final int PROBES_READ = 0;
  static final int PROBES_DETACH = 1;

  static final List<String> REGISTERS =
      List.of(
          "ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "r8", "r9", "r10", "r11", "r12", "r13",
          "r14", "r15", "flags");

  static final StructLayout VERSION_STRUCT =
      MemoryLayout.structLayout(
          JAVA_INT.withName("abi"),
          JAVA_INT.withName("site_size"),
          JAVA_INT.withName("modes"),
          JAVA_INT.withName("constants"),
          JAVA_LONG.withName("denied"));

  static final StructLayout CREATE =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("sites"),
          JAVA_INT.withName("site_count"),
          JAVA_INT.withName("site_size"),
          JAVA_INT.withName("id"),
          JAVA_INT.withName("flags"));

  static final StructLayout FLIP =
      MemoryLayout.structLayout(
          JAVA_INT.withName("id"),
          JAVA_INT.withName("action"),
          JAVA_LONG.withName("value"),
          JAVA_LONG.withName("epoch"),
          JAVA_INT.withName("mode"),
          JAVA_INT.withName("reserved"));

  static final StructLayout DESTROY =
      MemoryLayout.structLayout(JAVA_INT.withName("id"), JAVA_INT.withName("reserved"));

  static final StructLayout READ =
      MemoryLayout.structLayout(
          JAVA_INT.withName("id"),
          JAVA_INT.withName("flags"),
          JAVA_LONG.withName("old_value"),
          JAVA_LONG.withName("new_value"),
          JAVA_LONG.withName("epoch"),
          JAVA_INT.withName("mode"),
          JAVA_INT.withName("state"),
          JAVA_LONG.withName("denied"),
          JAVA_LONG.withName("sites"),
          JAVA_INT.withName("site_count"),
          JAVA_INT.withName("site_size"));

  static final StructLayout ATTACH =
      MemoryLayout.structLayout(
          JAVA_INT.withName("id"),
          JAVA_INT.withName("site"),
          JAVA_INT.withName("program"),
          JAVA_INT.withName("reserved"));

  static final StructLayout PROBES =
      MemoryLayout.structLayout(
          JAVA_INT.withName("id"),
          JAVA_INT.withName("action"),
          JAVA_INT.withName("probes"),
          JAVA_INT.withName("reserved"),
          JAVA_LONG.withName("missed"));

  private XkAbi() {}

  /** The requests of {@code /dev/xkernel}. */
  enum Request {
    VERSION(0x80, VERSION_STRUCT),
    CREATE(0x81, XkAbi.CREATE),
    FLIP(0x82, XkAbi.FLIP),
    DESTROY(0x83, XkAbi.DESTROY),
    READ(0x84, XkAbi.READ),
    ATTACH(0x85, XkAbi.ATTACH),
    PROBES(0x86, XkAbi.PROBES);

    private final int number;
    private final StructLayout layout;

    Request(int number, StructLayout layout) {
      this.number = number;
      this.layout = layout;
    }

    StructLayout layout() {
      return layout;
    }

    /** Returns the number of {@code _IOWR('x', number, struct)}. */
    long code() {
      return StructCall.code(number, layout);
    }
  }

  /** Returns the bit of a width in bits: {@code XK_WIDTH_*}. */
  static int widthBit(int width) {
    return switch (width) {
      case 8, 16, 32, 64 -> width / 8;
      default -> throw new IllegalArgumentException("no register is " + width + " bits wide");
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Encodes random instances of every instruction form that is modelled. */
final class InstructionForms {

  /** The register field of ModRM is an operand. */
  private static final int REG = -1;

  /** The opcode's low three bits are a register. */
  private static final int IN_OPCODE = -2;

  /**
   * One form.
   *
   * @param prefix a prefix that is part of the opcode, or 0
   * @param opcode with its escape bytes
   * @param digit what the register field holds, or {@link #REG}, or {@link #IN_OPCODE}
   * @param immediate b: a byte; z: two or four bytes by width; v: as wide as the operand; 0: none
   * @param widths in bits, one of which is chosen
   * @param rm what the ModRM byte may name: r register, m memory, a address only; empty: no ModRM
   * @param vex the number of the opcode map in a VEX encoding, or 0 for none
   * @param locked with a lock prefix
   */
  record Form(
      int prefix,
      int[] opcode,
      int digit,
      char immediate,
      int[] widths,
      String rm,
      int vex,
      boolean locked) {
    Form lock() {
      return new Form(prefix, opcode, digit, immediate, widths, "m", vex, true);
    }
  }

  private static final int[] BYTE = {8};
  private static final int[] WORDS = {16, 32, 64};
  private static final int[] WIDE = {32, 64};
  private static final int[] QUAD = {64};

  private final Random random;
  private final List<Form> forms = new ArrayList<>();

  InstructionForms(Random random) {
    this.random = random;
    Set<String> features = features();
    arithmetic();
    moves();
    bits();
    if (features.contains("movbe")) {
      add(0, op(0x0f, 0x38, 0xf0), REG, '0', WORDS, "m");
      add(0, op(0x0f, 0x38, 0xf1), REG, '0', WORDS, "m");
    }
    if (features.contains("popcnt")) {
      add(0xf3, op(0x0f, 0xb8), REG, '0', WORDS, "rm");
    }
    if (features.contains("abm")) {
      add(0xf3, op(0x0f, 0xbd), REG, '0', WORDS, "rm");
    }
    if (features.contains("bmi1")) {
      add(0xf3, op(0x0f, 0xbc), REG, '0', WORDS, "rm");
      vex(0, 2, 0xf2, REG, '0');
      vex(0, 2, 0xf7, REG, '0');
      vex(0, 2, 0xf3, 1, '0');
      vex(0, 2, 0xf3, 2, '0');
      vex(0, 2, 0xf3, 3, '0');
    }
    if (features.contains("bmi2")) {
      vex(0, 2, 0xf5, REG, '0');
      vex(3, 2, 0xf6, REG, '0');
      vex(1, 2, 0xf7, REG, '0');
      vex(2, 2, 0xf7, REG, '0');
      vex(3, 2, 0xf7, REG, '0');
      vex(3, 3, 0xf0, REG, 'b');
    }
  }

  List<Form> all() {
    return List.copyOf(forms);
  }

  private static int[] op(int... bytes) {
    return bytes;
  }

  private void add(int prefix, int[] opcode, int digit, char immediate, int[] widths, String rm) {
    forms.add(new Form(prefix, opcode, digit, immediate, widths, rm, 0, false));
  }

  private void vex(int prefix, int map, int opcode, int digit, char immediate) {
    forms.add(new Form(prefix, op(opcode), digit, immediate, WIDE, "rm", map, false));
  }

  /** Adds a form of 8 bits and, one opcode further, those of 16 to 64. */
  private void sizes(int prefix, int[] opcode, int digit, char small, char large, String rm) {
    add(prefix, opcode, digit, small, BYTE, rm);
    int[] next = opcode.clone();
    next[next.length - 1]++;
    add(prefix, next, digit, large, WORDS, rm);
  }

  private void lockLast(int forms) {
    int end = this.forms.size();
    for (int i = end - forms; i < end; i++) {
      this.forms.add(this.forms.get(i).lock());
    }
  }

  private void arithmetic() {
    for (int o = 0; o < 8; o++) {
      sizes(0, op(8 * o), REG, '0', '0', "rm");
      sizes(0, op(0x80), o, 'b', 'z', "rm");
      add(0, op(0x83), o, 'b', WORDS, "rm");
      if (o < 7) {
        lockLast(5);
      }
      sizes(0, op(8 * o + 2), REG, '0', '0', "rm");
      sizes(0, op(8 * o + 4), 0, 'b', 'z', "");
    }
    for (int digit : new int[] {0, 1, 2, 3, 4, 5, 7}) {
      sizes(0, op(0xc0), digit, 'b', 'b', "rm");
      sizes(0, op(0xd0), digit, '0', '0', "rm");
      if (digit != 2 && digit != 3) {
        sizes(0, op(0xd2), digit, '0', '0', "rm");
      }
    }
    add(0, op(0x0f, 0xa4), REG, 'b', WIDE, "rm");
    add(0, op(0x0f, 0xac), REG, 'b', WIDE, "rm");
    add(0, op(0x0f, 0xa5), REG, '0', WIDE, "rm");
    add(0, op(0x0f, 0xad), REG, '0', WIDE, "rm");
    sizes(0, op(0x84), REG, '0', '0', "rm");
    sizes(0, op(0xa8), 0, 'b', 'z', "");
    sizes(0, op(0xf6), 0, 'b', 'z', "rm");
    for (int digit : new int[] {2, 3}) {
      sizes(0, op(0xf6), digit, '0', '0', "rm");
      lockLast(2);
    }
    for (int digit : new int[] {4, 5}) {
      sizes(0, op(0xf6), digit, '0', '0', "rm");
    }
    for (int digit : new int[] {0, 1}) {
      sizes(0, op(0xfe), digit, '0', '0', "rm");
      lockLast(2);
    }
    add(0, op(0x0f, 0xaf), REG, '0', WORDS, "rm");
    add(0, op(0x69), REG, 'z', WORDS, "rm");
    add(0, op(0x6b), REG, 'b', WORDS, "rm");
    for (int flags : new int[] {0xf5, 0xf8, 0xf9}) {
      add(0, op(flags), 0, '0', new int[] {32}, "");
    }
  }

  private void moves() {
    for (int cc = 0; cc < 16; cc++) {
      add(0, op(0x0f, 0x40 + cc), REG, '0', WORDS, "rm");
      add(0, op(0x0f, 0x90 + cc), 0, '0', BYTE, "rm");
    }
    sizes(0, op(0x88), REG, '0', '0', "rm");
    sizes(0, op(0x8a), REG, '0', '0', "rm");
    sizes(0, op(0xc6), 0, 'b', 'z', "rm");
    add(0, op(0xb0), IN_OPCODE, 'b', BYTE, "");
    add(0, op(0xb8), IN_OPCODE, 'v', WORDS, "");
    add(0, op(0x0f, 0xb6), REG, '0', WORDS, "rm");
    add(0, op(0x0f, 0xb7), REG, '0', WORDS, "rm");
    add(0, op(0x0f, 0xbe), REG, '0', WORDS, "rm");
    add(0, op(0x0f, 0xbf), REG, '0', WORDS, "rm");
    add(0, op(0x63), REG, '0', QUAD, "rm");
    add(0, op(0x8d), REG, '0', WORDS, "a");
    add(0, op(0x98), 0, '0', WORDS, "");
    add(0, op(0x99), 0, '0', WORDS, "");
    sizes(0, op(0x86), REG, '0', '0', "rm");
    sizes(0, op(0x0f, 0xc0), REG, '0', '0', "rm");
    lockLast(2);
    sizes(0, op(0x0f, 0xb0), REG, '0', '0', "m");
    lockLast(2);
    add(0, op(0x0f, 0xc8), IN_OPCODE, '0', WIDE, "");
    add(0, op(0x50), IN_OPCODE, '0', new int[] {32}, "");
    add(0, op(0x58), IN_OPCODE, '0', new int[] {32}, "");
    add(0, op(0x68), 0, 'z', new int[] {32}, "");
    add(0, op(0x6a), 0, 'b', new int[] {32}, "");
    add(0, op(0xff), 6, '0', new int[] {32}, "rm");
    add(0, op(0xc9), 0, '0', new int[] {32}, "");
    add(0, op(0x0f, 0x1f), 0, '0', WORDS, "rm");
  }

  private void bits() {
    for (int digit = 4; digit < 8; digit++) {
      add(0, op(0x0f, 0xba), digit, 'b', WORDS, "rm");
      add(0, op(0x0f, 0xa3 + 8 * (digit - 4)), REG, '0', WORDS, "rm");
      if (digit > 4) {
        lockLast(2);
      }
    }
    add(0, op(0x0f, 0xbc), REG, '0', WORDS, "rm");
    add(0, op(0x0f, 0xbd), REG, '0', WORDS, "rm");
  }

  /** Encodes one instance: random width, registers, addressing and numbers. */
  byte[] encode(Form form) {
    ByteArrayOutputStream c = new ByteArrayOutputStream();
    int width = form.widths()[random.nextInt(form.widths().length)];
    boolean memory =
        !form.rm().isEmpty()
            && "ma".indexOf(form.rm().charAt(random.nextInt(form.rm().length()))) >= 0;
    int rex = (width == 64 ? 8 : 0) | random.nextInt(8);
    boolean plain = rex == 0 || width <= 32 && form.vex() == 0 && random.nextInt(4) == 0;
    if (plain) {
      rex = 0;
    }
    int reg = form.digit() >= 0 ? form.digit() : register(rex, 4, width, plain);
    int rm = register(rex, 1, width, plain);
    if (form.locked()) {
      c.write(0xf0);
    }
    if (width == 16) {
      c.write(0x66);
    }
    if (form.vex() != 0) {
      c.write(0xc4);
      c.write(~rex << 5 & 0xe0 | form.vex());
      int second = form.immediate() == 'b' ? 0 : register(0, 4, width, false);
      c.write((rex & 8) << 4 | (~second & 15) << 3 | form.prefix());
      c.write(form.opcode()[0]);
    } else {
      if (form.prefix() != 0) {
        c.write(form.prefix());
      }
      if (!plain) {
        c.write(0x40 | rex);
      }
      for (int k = 0; k < form.opcode().length; k++) {
        boolean last = k == form.opcode().length - 1;
        c.write(form.opcode()[k] + (last && form.digit() == IN_OPCODE ? rm : 0));
      }
    }
    if (memory) {
      address(c, rex, reg);
    } else if (!form.rm().isEmpty()) {
      c.write(0xc0 | reg << 3 | rm);
    }
    switch (form.immediate()) {
      case 'b' -> number(c, 1);
      case 'z' -> number(c, width == 16 ? 2 : 4);
      case 'v' -> number(c, width / 8);
      default -> {}
    }
    return c.toByteArray();
  }

  /** Base and distance, or base, index and distance; base and index are not the same. */
  private void address(ByteArrayOutputStream c, int rex, int reg) {
    boolean near = random.nextBoolean();
    int mod = near ? 0x40 : 0x80;
    int base = random.nextInt(8);
    if (random.nextBoolean() || base == 4 && (rex & 3) == 3) {
      int index = random.nextInt(8);
      while ((base | (rex & 1) << 3) == (index | (rex & 2) << 2)) {
        index = random.nextInt(8);
      }
      c.write(mod | reg << 3 | 4);
      c.write(random.nextInt(4) << 6 | index << 3 | base);
    } else {
      c.write(mod | reg << 3 | base);
      if (base == 4) {
        c.write(0x24);
      }
    }
    int distance = near ? random.nextInt(256) - 128 : random.nextInt(1024) - 512;
    for (int k = 0; k < (near ? 1 : 4); k++) {
      c.write(distance >> 8 * k);
    }
  }

  /** A register number of three bits that does not become the stack pointer. */
  private int register(int rex, int extension, int width, boolean plain) {
    while (true) {
      int r = random.nextInt(8);
      if (r != 4 || (rex & extension) != 0 || width == 8 && plain) {
        return r;
      }
    }
  }

  private void number(ByteArrayOutputStream c, int size) {
    long n = number(random);
    for (int k = 0; k < size; k++) {
      c.write((int) (n >> 8 * k));
    }
  }

  /** Returns a number of a kind that tends to find faults. */
  static long number(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> random.nextInt(5) - 2;
      case 1 -> 1L << random.nextInt(64);
      case 2 -> (1L << random.nextInt(64)) - 1;
      case 3 -> random.nextInt();
      case 4 -> random.nextInt(70);
      default -> random.nextLong();
    };
  }

  private static Set<String> features() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> (Set<String>) new TreeSet<>(List.of(line.split("\\s+"))))
          .orElse(Set.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

/**
 * A relocation of an ELF object.
 *
 * @param section index of the section that it applies to
 * @param offset of the field in that section
 * @param type the {@code R_X86_64_} number
 * @param symbol index in the symbol table
 * @param addend the RELA addend
 */
record ElfRelocation(int section, int offset, int type, int symbol, long addend) {
  private static final String[] NAMES = {
    "NONE",
    "64",
    "PC32",
    "GOT32",
    "PLT32",
    "COPY",
    "GLOB_DAT",
    "JUMP_SLOT",
    "RELATIVE",
    "GOTPCREL",
    "32",
    "32S",
    "16",
    "PC16",
    "8",
    "PC8",
    "DTPMOD64",
    "DTPOFF64",
    "TPOFF64",
    "TLSGD",
    "TLSLD",
    "DTPOFF32",
    "GOTTPOFF",
    "TPOFF32",
    "PC64",
    "GOTOFF64",
    "GOTPC32"
  };

  /** Returns the name of the type as ELF has it. */
  String typeName() {
    return "R_X86_64_" + (type < NAMES.length ? NAMES[type] : Integer.toString(type));
  }

  /** Returns whether the field counts from its own place. */
  boolean relative() {
    return switch (type) {
      case 2, 4, 13, 15, 24 -> true;
      default -> false;
    };
  }
}

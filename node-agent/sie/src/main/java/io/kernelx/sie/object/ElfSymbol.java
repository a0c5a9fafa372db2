// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

/**
 * A symbol of an ELF object.
 *
 * @param name empty for section symbols
 * @param type what it stands for
 * @param global whether it is visible outside the object
 * @param section index of its section; 0 if undefined, -1 if absolute or common
 * @param value offset in the section
 * @param size in bytes
 */
record ElfSymbol(String name, Type type, boolean global, int section, long value, long size) {
  enum Type {
    NONE,
    OBJECT,
    FUNCTION,
    SECTION,
    OTHER
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import java.util.List;

/**
 * A function that holds sites, as the compiler made it for V1. The node holds its own live text
 * against this.
 *
 * @param name the symbol, as kallsyms has it
 * @param unit the source file it was compiled from
 * @param module {@code vmlinux}, or the name of the module that holds it
 * @param section the ELF section of the object
 * @param text the function's bytes, lower-case hex, relocation fields as they stand in the object
 * @param relocations by ascending offset
 * @param patchSites ranges that the kernel rewrites by itself, by ascending offset
 */
public record PlannedFunction(
    String name,
    String unit,
    String module,
    String section,
    String text,
    List<Relocation> relocations,
    List<PatchSite> patchSites) {

  public PlannedFunction {
    relocations = List.copyOf(relocations);
    patchSites = List.copyOf(patchSites);
  }

  /**
   * A relocation inside a function.
   *
   * @param offset of the field, in bytes from the function's start
   * @param type the ELF name, such as {@code R_X86_64_PC32}
   * @param symbol the symbol's name, or the section's name for a section symbol
   * @param symbolKind tells how the symbol is found on the node
   * @param addend the RELA addend
   */
  public record Relocation(
      int offset, String type, String symbol, SymbolKind symbolKind, long addend) {}

  /** How a relocation's symbol is found in a running kernel. */
  public enum SymbolKind {
    /** A symbol with external linkage: one address in kallsyms. */
    GLOBAL,
    /** A symbol local to the object: kallsyms may have several of that name. */
    LOCAL,
    /**
     * A section of the object: its place in the kernel is known only where a symbol of that section
     * is.
     */
    SECTION
  }

  /**
   * A range of the function that the kernel rewrites at boot or at run time.
   *
   * @param offset in bytes from the function's start
   * @param length in bytes
   * @param table the section that lists it, such as {@code .altinstructions} or {@code
   *     __jump_table}
   */
  public record PatchSite(int offset, int length, String table) {}
}

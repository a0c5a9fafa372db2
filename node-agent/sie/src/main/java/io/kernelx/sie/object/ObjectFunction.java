// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.List;
import java.util.Optional;

/**
 * A function of an object, or one of its out-of-line parts ({@code foo.cold}), each for itself. All
 * offsets count from the function's start.
 *
 * @param name the symbol
 * @param section the ELF section
 * @param sectionOffset where the function starts in its section
 * @param global whether the symbol has external linkage
 * @param text the bytes, relocation fields as they stand in the object
 * @param relocations by ascending offset; references to code and data of the same object name the
 *     symbol that covers the target wherever there is one
 * @param patchSites ranges that the kernel rewrites by itself, by ascending offset
 * @param edges ways that control can take which the instructions alone do not show
 * @param entries offsets at which control can enter from outside the function's own instructions,
 *     ascending, without 0
 * @param localTargets calls and jumps to other functions of the same section, which the assembler
 *     resolved without a relocation
 * @param callees what is known about the functions that the unit calls
 * @param probeable whether the kernel lets a kprobe stand in it
 */
public record ObjectFunction(
    String name,
    String section,
    int sectionOffset,
    boolean global,
    Bytes text,
    List<Relocation> relocations,
    List<PatchSite> patchSites,
    List<Edge> edges,
    List<Integer> entries,
    List<LocalTarget> localTargets,
    Callees callees,
    boolean probeable) {

  public ObjectFunction {
    relocations = List.copyOf(relocations);
    patchSites = List.copyOf(patchSites);
    edges = List.copyOf(edges);
    entries = List.copyOf(entries);
    localTargets = List.copyOf(localTargets);
  }

  /**
   * A way out of an instruction beside those that it encodes: a static key, an alternative, an
   * exception fixup.
   *
   * @param from offset of the instruction
   * @param to offset of the target, or empty if the target is outside the function
   * @param table the section that says so
   */
  public record Edge(int from, Optional<Integer> to, String table) {}

  /**
   * Where a branch without relocation goes outside its function.
   *
   * @param offset of the instruction
   * @param symbol the function that is reached
   * @param addend distance from that function's start
   */
  public record LocalTarget(int offset, String symbol, int addend) {}

  /** Returns whether the function is thrown away after boot or module load. */
  public boolean init() {
    return section.startsWith(".init") || section.startsWith(".exit");
  }

  /**
   * Returns the function as plans carry it.
   *
   * @param unit the source file
   * @param module {@code vmlinux} or the module's name
   */
  public PlannedFunction planned(String unit, String module) {
    return new PlannedFunction(name, unit, module, section, text.hex(), relocations, patchSites);
  }
}

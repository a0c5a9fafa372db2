// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.object.ObjectFunction.LocalTarget;
import io.kernelx.sie.object.Places.Target;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects the places that a kernel rewrites by itself.
 *
 * <p>Two sources, united. The object's own tables; and, for the tables that objtool writes only
 * when vmlinux is linked ({@code .return_sites} and its like), the same facts read off the
 * relocations: objtool lists a call or jump there for the sake of the symbol that it goes to. Every
 * {@code endbr64} counts as sealable, because which ones are is known only to the whole kernel.
 */
final class PatchTables {
  private static final Comparator<PatchSite> ORDER =
      Comparator.comparingInt(PatchSite::offset)
          .thenComparing(PatchSite::table)
          .thenComparingInt(PatchSite::length);
  private static final int ALTERNATIVE_LENGTHS = 2;
  private static final int WORD = 4;

  private final ElfObject object;
  private final Places places;
  private final Map<FunctionPlace, TreeSet<PatchSite>> sites = new HashMap<>();

  PatchTables(ElfObject object, Places places) {
    this.object = object;
    this.places = places;
    for (ElfSection section : object.sections()) {
      table(section);
    }
  }

  private void table(ElfSection section) {
    List<ElfRelocation> entries = object.relocationsOf(section);
    switch (section.name()) {
      case "__mcount_loc", ".return_sites", ".call_sites", ".ibt_endbr_seal", ".retpoline_sites" ->
          entries.forEach(e -> instruction(e, section.name()));
      case ".static_call_sites" ->
          entries.stream()
              .filter(e -> e.offset() % 8 == 0)
              .forEach(e -> instruction(e, section.name()));
      case "__jump_table" ->
          entries.stream()
              .filter(e -> e.offset() % 16 == 0)
              .forEach(e -> instruction(e, section.name()));
      case ".smp_locks" -> entries.forEach(e -> site(e, 1, section.name()));
      case ".altinstructions" -> alternatives(section, entries);
      case ".parainstructions" -> entries.forEach(e -> paravirtual(section, e));
      default -> runtimeConstant(section, entries);
    }
  }

  private void alternatives(ElfSection section, List<ElfRelocation> entries) {
    if (entries.isEmpty()) {
      return;
    }
    int entrySize = alternativeSize(section, entries);
    for (int i = 0; i + 1 < entries.size(); i += 2) {
      int lengthAt = entries.get(i).offset() + entrySize - ALTERNATIVE_LENGTHS;
      site(entries.get(i), section.content().at(lengthAt), section.name());
    }
  }

  /** An entry holds two relocations: the instruction and its replacement. */
  static int alternativeSize(ElfSection section, List<ElfRelocation> entries) {
    int count = entries.size() / 2;
    if (entries.size() % 2 != 0 || section.content().length() % count != 0) {
      throw new MalformedObjectException("the table .altinstructions has an unknown shape");
    }
    return section.content().length() / count;
  }

  private void paravirtual(ElfSection section, ElfRelocation entry) {
    site(entry, section.content().at(entry.offset() + 9), section.name());
  }

  private void runtimeConstant(ElfSection section, List<ElfRelocation> entries) {
    if (section.name().startsWith("runtime_ptr_")) {
      entries.forEach(e -> site(e, 8, section.name()));
    } else if (section.name().startsWith("runtime_shift_")) {
      entries.forEach(e -> site(e, 1, section.name()));
    }
  }

  private void instruction(ElfRelocation entry, String table) {
    Target target = places.target(entry, 0).orElse(null);
    if (target == null) {
      return;
    }
    places
        .function(target)
        .ifPresent(
            place -> {
              int offset = (int) target.offset() - place.start();
              Instruction instruction = place.instructionAt(offset);
              add(place, offset, instruction == null ? 5 : instruction.end() - offset, table);
            });
  }

  private void site(ElfRelocation entry, int length, String table) {
    Target target = places.target(entry, 0).orElse(null);
    if (target != null) {
      places
          .function(target)
          .ifPresent(p -> add(p, (int) target.offset() - p.start(), length, table));
    }
  }

  private void add(FunctionPlace place, int offset, int length, String table) {
    int bounded = Math.min(length, place.end() - place.start() - offset);
    sites
        .computeIfAbsent(place, k -> new TreeSet<>(ORDER))
        .add(new PatchSite(offset, bounded, table));
  }

  /** Returns the patch sites of a function by ascending offset. */
  List<PatchSite> of(
      FunctionPlace place, List<Relocation> relocations, List<LocalTarget> localTargets) {
    for (LocalTarget target : localTargets) {
      Instruction instruction = place.instructionAt(target.offset());
      if (instruction.branch().kind() == Branch.Kind.CALL) {
        add(place, instruction.offset(), instruction.length(), ".call_sites");
      }
    }
    for (Relocation relocation : relocations) {
      Instruction instruction = place.instructionAt(relocation.offset());
      String table = instruction == null ? "" : tableFor(relocation.symbol(), instruction);
      if (!table.isEmpty()) {
        add(place, instruction.offset(), instruction.length(), table);
      }
    }
    for (Instruction instruction : place.instructions()) {
      if (instruction.mnemonic().equals("endbr64")) {
        add(place, instruction.offset(), WORD, ".ibt_endbr_seal");
      }
    }
    Set<PatchSite> found = sites.get(place);
    return found == null ? List.of() : List.copyOf(found);
  }

  private static String tableFor(String symbol, Instruction instruction) {
    Branch.Kind kind = instruction.branch().kind();
    if (kind == Branch.Kind.NONE) {
      return "";
    }
    if (symbol.equals("__fentry__")) {
      return "__mcount_loc";
    }
    if (symbol.equals("__x86_return_thunk")) {
      return ".return_sites";
    }
    if (symbol.startsWith("__x86_indirect_thunk_")) {
      return ".retpoline_sites";
    }
    if (symbol.startsWith("__SCT__")) {
      return ".static_call_sites";
    }
    return kind == Branch.Kind.CALL ? ".call_sites" : "";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Decoded;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.object.ObjectFunction.Edge;
import io.kernelx.sie.object.Places.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects the ways of control that a function's instructions do not show.
 *
 * <ol>
 *   <li>{@code __jump_table}: a static key's site goes to its target or goes on.
 *   <li>{@code .altinstructions}: an alternative's site goes wherever its replacement's branches
 *       go, or those of the out-of-line code that the site itself jumps to ({@code .altinstr_aux}).
 *   <li>{@code __ex_table}: a faulting instruction goes to its fixup.
 *   <li>Every other reference into the middle of a function, from another function or from data
 *       that is not one of the kernel's descriptive tables, is an entry.
 * </ol>
 */
final class FlowTables {
  private static final Set<String> DESCRIPTIVE =
      Set.of(
          "__jump_table",
          ".altinstructions",
          "__ex_table",
          "__bug_table",
          "__mcount_loc",
          "__patchable_function_entries",
          ".smp_locks",
          ".return_sites",
          ".retpoline_sites",
          ".call_sites",
          ".static_call_sites",
          ".ibt_endbr_seal",
          ".parainstructions",
          ".orc_unwind",
          ".orc_unwind_ip",
          ".orc_header",
          ".eh_frame",
          "_error_injection_whitelist",
          "_kprobe_blacklist");
  private static final int LONGEST_AUXILIARY = 64;

  private final ElfObject object;
  private final Places places;
  private final Decoder decoder;
  private final Map<FunctionPlace, Set<Edge>> edges = new HashMap<>();
  private final Map<FunctionPlace, TreeSet<Integer>> entries = new HashMap<>();

  FlowTables(ElfObject object, Places places, Decoder decoder) {
    this.object = object;
    this.places = places;
    this.decoder = decoder;
    for (ElfSection section : object.sections()) {
      List<ElfRelocation> relocations = object.relocationsOf(section);
      switch (section.name()) {
        case "__jump_table" -> pairs(relocations, 16, section.name());
        case "__ex_table" -> pairs(relocations, 12, section.name());
        case ".altinstructions" -> alternatives(section, relocations);
        default -> references(section, relocations);
      }
    }
  }

  List<Edge> edgesOf(FunctionPlace place) {
    return List.copyOf(edges.getOrDefault(place, Set.of()));
  }

  List<Integer> entriesOf(FunctionPlace place) {
    return List.copyOf(entries.getOrDefault(place, new TreeSet<>()));
  }

  private void pairs(List<ElfRelocation> relocations, int entrySize, String table) {
    for (int i = 0; i + 1 < relocations.size(); i++) {
      ElfRelocation from = relocations.get(i);
      ElfRelocation to = relocations.get(i + 1);
      if (from.offset() % entrySize == 0 && to.offset() == from.offset() + 4) {
        places
            .target(from, 0)
            .ifPresent(site -> places.target(to, 0).ifPresent(target -> edge(site, target, table)));
      }
    }
  }

  private void edge(Target site, Target target, String table) {
    FunctionPlace place = places.function(site).orElse(null);
    if (place == null) {
      return;
    }
    Optional<Integer> to = Optional.empty();
    FunctionPlace other = places.function(target).orElse(null);
    if (place.equals(other)) {
      to = Optional.of((int) target.offset() - place.start());
    } else if (other != null) {
      enter(other, (int) target.offset() - other.start());
    }
    edges
        .computeIfAbsent(place, k -> new LinkedHashSet<>())
        .add(new Edge((int) site.offset() - place.start(), to, table));
  }

  private void alternatives(ElfSection section, List<ElfRelocation> relocations) {
    if (relocations.isEmpty()) {
      return;
    }
    int entrySize = PatchTables.alternativeSize(section, relocations);
    for (int i = 0; i + 1 < relocations.size(); i += 2) {
      int replacementLength = section.content().at(relocations.get(i).offset() + entrySize - 1);
      Target site = places.target(relocations.get(i), 0).orElse(null);
      Target replacement = places.target(relocations.get(i + 1), 0).orElse(null);
      if (site == null || places.function(site).isEmpty()) {
        continue;
      }
      List<Target> targets = new ArrayList<>();
      if (replacement != null) {
        branchTargets(replacement, replacementLength, targets);
      }
      auxiliary(site).ifPresent(t -> branchTargets(t, LONGEST_AUXILIARY, targets));
      targets.forEach(target -> edge(site, target, section.name()));
    }
  }

  /** Returns where the instruction at {@code site} jumps to, if that is outside every function. */
  private Optional<Target> auxiliary(Target site) {
    FunctionPlace place = places.function(site).orElseThrow();
    Instruction instruction = place.instructionAt((int) site.offset() - place.start());
    if (instruction == null) {
      return Optional.empty();
    }
    return target(place.section(), place.start() + instruction.offset(), instruction)
        .filter(t -> places.function(t).isEmpty());
  }

  /** Follows code up to its unconditional end and collects where it branches to. */
  private void branchTargets(Target start, int length, List<Target> targets) {
    ElfSection section = object.sections().get(start.section());
    int at = (int) start.offset();
    int end = Math.min(section.content().length(), at + length);
    while (at >= 0 && at < end) {
      Decoded decoded = decoder.decode(section.content(), at);
      if (!(decoded instanceof Instruction instruction)) {
        return;
      }
      target(section, at, instruction).ifPresent(targets::add);
      Branch.Kind kind = instruction.branch().kind();
      if (kind == Branch.Kind.JUMP || kind == Branch.Kind.RETURN) {
        return;
      }
      at += instruction.length();
    }
  }

  private Optional<Target> target(ElfSection section, int at, Instruction instruction) {
    Branch.Kind kind = instruction.branch().kind();
    if (kind != Branch.Kind.JUMP && kind != Branch.Kind.CONDITIONAL) {
      return Optional.empty();
    }
    int end = at + instruction.length();
    for (ElfRelocation relocation : object.relocationsOf(section)) {
      if (relocation.offset() >= at && relocation.offset() < end) {
        return places.target(relocation, end - relocation.offset());
      }
    }
    if (instruction.branch().target().isEmpty()) {
      return Optional.empty();
    }
    int distance = instruction.branch().target().getAsInt() - instruction.end();
    return Optional.of(new Target(section.index(), end + distance));
  }

  private void references(ElfSection section, List<ElfRelocation> relocations) {
    if (descriptive(section.name())) {
      return;
    }
    for (ElfRelocation relocation : relocations) {
      FunctionPlace from =
          places.function(new Target(section.index(), relocation.offset())).orElse(null);
      places
          .target(relocation, bias(from, relocation))
          .flatMap(t -> places.function(t).map(p -> Map.entry(p, t)))
          .filter(e -> !e.getKey().equals(from))
          .ifPresent(e -> enter(e.getKey(), (int) e.getValue().offset() - e.getKey().start()));
    }
  }

  private static boolean descriptive(String name) {
    return DESCRIPTIVE.contains(name)
        || name.startsWith(".altinstr")
        || name.startsWith(".discard")
        || name.startsWith("runtime_")
        || name.startsWith(".rela");
  }

  private static int bias(FunctionPlace from, ElfRelocation relocation) {
    if (from == null) {
      return 0;
    }
    int offset = relocation.offset() - from.start();
    Instruction instruction = from.instructionAt(offset);
    return instruction == null ? 4 : instruction.end() - offset;
  }

  private void enter(FunctionPlace place, int offset) {
    if (offset > 0) {
      entries.computeIfAbsent(place, k -> new TreeSet<>()).add(offset);
    }
  }
}

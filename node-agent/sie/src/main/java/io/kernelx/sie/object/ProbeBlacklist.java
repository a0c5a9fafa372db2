// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.object.Places.Target;
import java.util.HashSet;
import java.util.Set;

/**
 * Which functions the kernel closes to the probes that BPF programs attach to.
 *
 * <ol>
 *   <li>Those that the object's own table names, and those of whole sections: entry code and what
 *       kprobes themselves run through.
 *   <li>Those that cannot be traced, in a unit that was compiled for tracing: kprobe events keep
 *       away from them. Among them are functions that were declared {@code inline} and were not
 *       inlined, such as large system calls with two entries.
 *   <li>Parts and clones are what the function is whose name theirs begins with, up to the dot.
 * </ol>
 */
final class ProbeBlacklist {

  private static final String TABLE = "_kprobe_blacklist";

  private static final Set<String> SECTIONS =
      Set.of(".noinstr.text", ".cpuidle.text", ".kprobes.text", ".entry.text");

  private final Set<String> closed = new HashSet<>();
  private final Set<String> traced = new HashSet<>();

  ProbeBlacklist(ElfObject object, Places places) {
    for (ElfSection section : object.sections()) {
      boolean table = section.name().equals(TABLE);
      for (ElfRelocation r : object.relocationsOf(section)) {
        if (table) {
          places
              .target(r, 0)
              .flatMap(places::function)
              .ifPresent(f -> closed.add(f.symbol().name()));
        } else if (section.executable() && object.symbolOf(r).name().equals("__fentry__")) {
          places
              .function(new Target(section.index(), r.offset()))
              .ifPresent(f -> traced.add(f.symbol().name()));
        }
      }
    }
  }

  boolean allows(FunctionPlace place) {
    String name = place.symbol().name();
    int dot = name.indexOf('.');
    String base = dot <= 0 ? name : name.substring(0, dot);
    return !SECTIONS.contains(place.section().name())
        && !closed.contains(name)
        && !closed.contains(base)
        && (traced.isEmpty() || traced.contains(name) || traced.contains(base));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import java.util.HashSet;
import java.util.Set;

/**
 * Which functions the kernel closes to kprobes: those that the object's own table names, those of
 * whole sections, and the parts and clones of either, which are known by their name up to the first
 * dot.
 */
final class ProbeBlacklist {

  private static final String TABLE = "_kprobe_blacklist";

  private static final Set<String> SECTIONS =
      Set.of(".noinstr.text", ".cpuidle.text", ".kprobes.text", ".entry.text");

  private final Set<String> names = new HashSet<>();

  ProbeBlacklist(ElfObject object, Places places) {
    for (ElfSection section : object.sections()) {
      if (section.name().equals(TABLE)) {
        for (ElfRelocation entry : object.relocationsOf(section)) {
          places
              .target(entry, 0)
              .flatMap(places::function)
              .ifPresent(f -> names.add(f.symbol().name()));
        }
      }
    }
  }

  boolean allows(FunctionPlace place) {
    String name = place.symbol().name();
    int dot = name.indexOf('.');
    return !SECTIONS.contains(place.section().name())
        && !names.contains(name)
        && (dot <= 0 || !names.contains(name.substring(0, dot)));
  }
}

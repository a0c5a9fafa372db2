// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.object.Places.Target;
import java.util.HashSet;
import java.util.Set;

/** Reads what the compilation noted about inline assembly, and which functions the unit holds. */
final class CalleeReader {

  /** Bytes: 1, then names, each ended by 0. */
  private static final String SECTION = ".discard.kernelx.inline_calls";

  private CalleeReader() {}

  static Callees read(ElfObject object, Places places) {
    Set<String> own = new HashSet<>();
    for (ElfSymbol symbol : object.symbols()) {
      if (symbol.type() == ElfSymbol.Type.FUNCTION && symbol.section() > 0) {
        own.add(symbol.name());
      }
    }
    for (ElfSection section : object.sections()) {
      if (section.name().equals(SECTION) && section.content().length() > 0) {
        return new Callees(true, withAliases(names(section.content()), object, places), own);
      }
    }
    return new Callees(false, Set.of(), own);
  }

  private static Set<String> names(Bytes content) {
    Set<String> names = new HashSet<>();
    StringBuilder name = new StringBuilder();
    for (int i = 1; i < content.length(); i++) {
      if (content.at(i) != 0) {
        name.append((char) content.at(i));
      } else {
        names.add(name.toString());
        name.setLength(0);
      }
    }
    return names;
  }

  /** Adds the names by which relocations here call the same functions. */
  private static Set<String> withAliases(Set<String> names, ElfObject object, Places places) {
    Set<String> all = new HashSet<>(names);
    for (ElfSymbol symbol : object.symbols()) {
      if (symbol.section() > 0 && names.contains(symbol.name())) {
        places
            .symbol(new Target(symbol.section(), symbol.value()))
            .ifPresent(covering -> all.add(covering.name()));
      }
    }
    return all;
  }
}

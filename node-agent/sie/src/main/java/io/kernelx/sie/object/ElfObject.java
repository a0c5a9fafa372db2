// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import java.util.List;
import java.util.Map;

/**
 * An ELF object as it stands in the file. Debug sections are left out.
 *
 * @param sections by index; debug sections keep their place without content
 * @param symbols by index
 * @param relocations by index of the section that they apply to, by ascending offset
 */
record ElfObject(
    List<ElfSection> sections,
    List<ElfSymbol> symbols,
    Map<Integer, List<ElfRelocation>> relocations) {

  ElfObject {
    sections = List.copyOf(sections);
    symbols = List.copyOf(symbols);
    relocations = Map.copyOf(relocations);
  }

  List<ElfRelocation> relocationsOf(ElfSection section) {
    return relocations.getOrDefault(section.index(), List.of());
  }

  ElfSymbol symbolOf(ElfRelocation relocation) {
    return symbols.get(relocation.symbol());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds what covers a place of the object, and where a relocation points. */
final class Places {
  /**
   * A place in a section of the object.
   *
   * @param section index of the section
   * @param offset in the section; may lie outside it
   */
  record Target(int section, long offset) {}

  private final ElfObject object;
  private final Map<Integer, TreeMap<Long, FunctionPlace>> functions = new HashMap<>();
  private final Map<Integer, TreeMap<Long, ElfSymbol>> data = new HashMap<>();

  Places(ElfObject object, List<FunctionPlace> places) {
    this.object = object;
    for (FunctionPlace place : places) {
      functions
          .computeIfAbsent(place.section().index(), k -> new TreeMap<>())
          .put((long) place.start(), place);
    }
    for (ElfSymbol symbol : object.symbols()) {
      if (symbol.type() == ElfSymbol.Type.OBJECT && symbol.section() > 0) {
        data.computeIfAbsent(symbol.section(), k -> new TreeMap<>())
            .merge(symbol.value(), symbol, (a, b) -> a.size() >= b.size() ? a : b);
      }
    }
  }

  /**
   * Returns where a relocation points, if that is in this object.
   *
   * @param bias what the processor adds to the field's own place: for an instruction the distance
   *     from the field to the instruction's end, 0 in tables
   */
  Optional<Target> target(ElfRelocation relocation, int bias) {
    ElfSymbol symbol = object.symbolOf(relocation);
    if (symbol.section() <= 0) {
      return Optional.empty();
    }
    long offset = symbol.value() + relocation.addend() + (relocation.relative() ? bias : 0);
    return Optional.of(new Target(symbol.section(), offset));
  }

  Optional<FunctionPlace> function(Target target) {
    TreeMap<Long, FunctionPlace> inSection = functions.get(target.section());
    Map.Entry<Long, FunctionPlace> entry =
        inSection == null ? null : inSection.floorEntry(target.offset());
    return entry != null && target.offset() < entry.getValue().end()
        ? Optional.of(entry.getValue())
        : Optional.empty();
  }

  /** Returns the symbol, function or variable, that covers the place. */
  Optional<ElfSymbol> symbol(Target target) {
    Optional<ElfSymbol> function = function(target).map(FunctionPlace::symbol);
    if (function.isPresent()) {
      return function;
    }
    TreeMap<Long, ElfSymbol> inSection = data.get(target.section());
    Map.Entry<Long, ElfSymbol> entry =
        inSection == null ? null : inSection.floorEntry(target.offset());
    if (entry == null) {
      return Optional.empty();
    }
    long end = entry.getKey() + Math.max(1, entry.getValue().size());
    return target.offset() < end ? Optional.of(entry.getValue()) : Optional.empty();
  }

  boolean holdsFunctions(ElfSection section) {
    return functions.containsKey(section.index());
  }

  String sectionName(int index) {
    return object.sections().get(index).name();
  }
}

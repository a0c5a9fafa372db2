// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoded;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.object.DataSection.Reference;
import io.kernelx.sie.object.ObjectFunction.LocalTarget;
import io.kernelx.sie.object.Places.Target;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedFunction.SymbolKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads compiled translation units. Thread-safe. */
public final class ObjectReader {
  private final Decoder decoder;

  public ObjectReader(Decoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Reads an ELF-64 x86-64 relocatable object.
   *
   * @param file the whole file; any bytes may be given
   * @throws MalformedObjectException if they are no such object
   */
  public CodeObject read(Bytes file) {
    ElfObject object = ElfReader.read(file);
    try {
      return read(object);
    } catch (IndexOutOfBoundsException e) {
      throw new MalformedObjectException("a table of the object is cut off: " + e.getMessage());
    }
  }

  private CodeObject read(ElfObject object) {
    List<FunctionPlace> found = functionPlaces(object);
    Places places = new Places(object, found);
    PatchTables patches = new PatchTables(object, places);
    ProbeBlacklist blacklist = new ProbeBlacklist(object, places);
    FlowTables flow = new FlowTables(object, places, decoder);
    Callees callees = CalleeReader.read(object, places);
    List<ObjectFunction> functions = new ArrayList<>();
    for (FunctionPlace place : found) {
      List<Relocation> relocations = relocations(object, places, place);
      List<LocalTarget> localTargets = localTargets(places, place, relocations);
      functions.add(
          new ObjectFunction(
              place.symbol().name(),
              place.section().name(),
              place.start(),
              place.symbol().global(),
              place.section().content().slice(place.start(), place.end()),
              relocations,
              patches.of(place, relocations, localTargets),
              flow.edgesOf(place),
              flow.entriesOf(place),
              localTargets,
              callees,
              blacklist.allows(place)));
    }
    return new CodeObject(functions, dataSections(object, places), dataSymbols(object));
  }

  private List<FunctionPlace> functionPlaces(ElfObject object) {
    Map<List<Long>, ElfSymbol> chosen = new HashMap<>();
    for (ElfSymbol symbol : object.symbols()) {
      if (symbol.type() == ElfSymbol.Type.FUNCTION && symbol.section() > 0 && symbol.size() > 0) {
        ElfSection section = object.sections().get(symbol.section());
        long length = section.content().length();
        if (symbol.value() < 0
            || symbol.size() < 0
            || symbol.value() > length
            || symbol.size() > length - symbol.value()) {
          throw new MalformedObjectException(
              "function " + symbol.name() + " lies outside its section");
        }
        chosen.merge(
            List.of((long) symbol.section(), symbol.value()), symbol, ObjectReader::preferred);
      }
    }
    return chosen.values().stream()
        .sorted(Comparator.comparingInt(ElfSymbol::section).thenComparingLong(ElfSymbol::value))
        .map(symbol -> place(symbol, object.sections().get(symbol.section())))
        .toList();
  }

  private static ElfSymbol preferred(ElfSymbol a, ElfSymbol b) {
    if (a.size() != b.size()) {
      return a.size() > b.size() ? a : b;
    }
    if (a.global() != b.global()) {
      return a.global() ? a : b;
    }
    return a.name().compareTo(b.name()) <= 0 ? a : b;
  }

  private FunctionPlace place(ElfSymbol symbol, ElfSection section) {
    TreeMap<Integer, Instruction> instructions = new TreeMap<>();
    int start = (int) symbol.value();
    Bytes text = section.content().slice(start, start + (int) symbol.size());
    if (section.executable()) {
      for (Decoded decoded : decoder.decodeAll(text)) {
        if (decoded instanceof Instruction instruction) {
          instructions.put(instruction.offset(), instruction);
        }
      }
    }
    return new FunctionPlace(symbol, section, instructions);
  }

  private static List<Relocation> relocations(
      ElfObject object, Places places, FunctionPlace place) {
    List<Relocation> relocations = new ArrayList<>();
    for (ElfRelocation relocation : object.relocationsOf(place.section())) {
      int offset = relocation.offset() - place.start();
      if (relocation.offset() >= place.start() && relocation.offset() < place.end()) {
        Instruction instruction = place.instructionAt(offset);
        int bias = instruction == null ? 4 : instruction.end() - offset;
        relocations.add(named(object, places, relocation, offset, bias));
      }
    }
    return relocations;
  }

  /** Names the symbol that covers the target instead of the section, where there is one. */
  private static Relocation named(
      ElfObject object, Places places, ElfRelocation relocation, int offset, int bias) {
    ElfSymbol symbol = object.symbolOf(relocation);
    String name = symbol.name();
    long addend = relocation.addend();
    SymbolKind kind = symbol.global() ? SymbolKind.GLOBAL : SymbolKind.LOCAL;
    if (symbol.type() == ElfSymbol.Type.SECTION) {
      name = places.sectionName(symbol.section());
      kind = SymbolKind.SECTION;
      Optional<ElfSymbol> covering = places.target(relocation, bias).flatMap(places::symbol);
      if (covering.isPresent()) {
        name = covering.get().name();
        kind = covering.get().global() ? SymbolKind.GLOBAL : SymbolKind.LOCAL;
        addend -= covering.get().value();
      }
    }
    return new Relocation(offset, relocation.typeName(), name, kind, addend);
  }

  private static List<LocalTarget> localTargets(
      Places places, FunctionPlace place, List<Relocation> relocations) {
    List<LocalTarget> targets = new ArrayList<>();
    for (Instruction instruction : place.instructions()) {
      int to = instruction.branch().target().orElse(0);
      boolean relocated =
          relocations.stream()
              .anyMatch(r -> r.offset() >= instruction.offset() && r.offset() < instruction.end());
      if (instruction.branch().target().isEmpty()
          || relocated
          || (to >= 0 && place.start() + to < place.end())) {
        continue;
      }
      Target target = new Target(place.section().index(), place.start() + to);
      places
          .function(target)
          .ifPresent(
              other ->
                  targets.add(
                      new LocalTarget(
                          instruction.offset(),
                          other.symbol().name(),
                          (int) target.offset() - other.start())));
    }
    return targets;
  }

  private static List<DataSection> dataSections(ElfObject object, Places places) {
    List<DataSection> sections = new ArrayList<>();
    for (ElfSection section : object.sections()) {
      if (!section.allocated() || places.holdsFunctions(section)) {
        continue;
      }
      List<Reference> references = new ArrayList<>();
      for (ElfRelocation relocation : object.relocationsOf(section)) {
        references.add(
            new Reference(
                relocation.offset(),
                target(object, places, relocation),
                landing(places, relocation)));
      }
      sections.add(
          new DataSection(
              section.name(), section.size(), section.writable(), section.content(), references));
    }
    sections.sort(Comparator.comparing(DataSection::name));
    return sections;
  }

  private static int landing(Places places, ElfRelocation relocation) {
    return places
        .target(relocation, 0)
        .flatMap(t -> places.function(t).map(f -> (int) t.offset() - f.start()))
        .orElse(0);
  }

  private static String target(ElfObject object, Places places, ElfRelocation relocation) {
    Optional<Target> target = places.target(relocation, 0);
    if (target.isPresent()) {
      Optional<FunctionPlace> function = places.function(target.get());
      if (function.isPresent()) {
        boolean start = target.get().offset() == function.get().start();
        return function.get().symbol().name() + (start ? "" : "+");
      }
      if (object.sections().get(target.get().section()).executable()) {
        return places.sectionName(target.get().section());
      }
      return places.sectionName(target.get().section()) + "+" + target.get().offset();
    }
    return object.symbolOf(relocation).name() + "+" + relocation.addend();
  }

  private static List<DataSymbol> dataSymbols(ElfObject object) {
    return object.symbols().stream()
        .filter(s -> s.type() == ElfSymbol.Type.OBJECT && s.section() > 0)
        .map(
            s ->
                new DataSymbol(
                    s.name(),
                    object.sections().get(s.section()).name(),
                    s.value(),
                    s.size(),
                    s.global()))
        .sorted(
            Comparator.comparing(DataSymbol::name)
                .thenComparing(DataSymbol::section)
                .thenComparingLong(DataSymbol::offset))
        .toList();
  }
}

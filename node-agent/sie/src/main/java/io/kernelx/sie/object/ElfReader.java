// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import io.kernelx.sie.decode.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads ELF-64 relocatable objects for x86-64. Any bytes may be given: what is not such an object
 * ends in a {@link MalformedObjectException}.
 */
final class ElfReader {
  private static final int HEADER = 64;
  private static final int SECTION_HEADER = 64;
  private static final int SYMBOL = 24;
  private static final int RELA = 24;
  private static final int TYPE_SYMTAB = 2;
  private static final int TYPE_RELA = 4;
  private static final int TYPE_NOBITS = 8;
  private static final int TYPE_REL = 9;
  private static final int TYPE_SYMTAB_SHNDX = 18;
  private static final int RESERVED_SECTION = 0xff00;

  private final Bytes file;
  private final List<ElfSection> sections = new ArrayList<>();
  private final List<ElfSymbol> symbols = new ArrayList<>();
  private final Map<Integer, List<ElfRelocation>> relocations = new HashMap<>();

  private ElfReader(Bytes file) {
    this.file = file;
  }

  /**
   * @throws MalformedObjectException if the bytes are no such object
   */
  static ElfObject read(Bytes file) {
    try {
      return new ElfReader(file).read();
    } catch (IndexOutOfBoundsException e) {
      throw new MalformedObjectException("the object is cut off: " + e.getMessage());
    }
  }

  private ElfObject read() {
    if (file.length() < HEADER || file.unsigned(0, 4) != 0x464c457fL) {
      throw new MalformedObjectException("the file is no ELF object");
    }
    if (file.at(4) != 2 || file.at(5) != 1 || number(18, 2) != 62) {
      throw new MalformedObjectException("the object is not for x86-64");
    }
    if (number(16, 2) != 1) {
      throw new MalformedObjectException("the file is linked; a relocatable object is needed");
    }
    long table = file.unsigned(40, 8);
    int count = number(60, 2);
    int names = number(62, 2);
    if (number(58, 2) != SECTION_HEADER || count == 0 || names >= count) {
      throw new MalformedObjectException("the object's section table is damaged");
    }
    Bytes nameTable = content(place(table, names));
    for (int i = 0; i < count; i++) {
      section(i, place(table, i), nameTable);
    }
    for (int i = 0; i < count; i++) {
      int header = place(table, i);
      switch (number(header + 4, 4)) {
        case TYPE_SYMTAB -> symbolTable(header, table, count);
        case TYPE_REL, TYPE_SYMTAB_SHNDX ->
            throw new MalformedObjectException("section " + i + " is of a kind not used on x86-64");
        default -> {}
      }
    }
    for (int i = 0; i < count; i++) {
      int header = place(table, i);
      if (number(header + 4, 4) == TYPE_RELA) {
        relocationTable(header, count);
      }
    }
    return new ElfObject(sections, symbols, relocations);
  }

  private void section(int index, int header, Bytes names) {
    String name = text(names, number(header, 4));
    int type = number(header + 4, 4);
    long flags = file.unsigned(header + 8, 8);
    long size = file.unsigned(header + 32, 8);
    boolean loaded = type != TYPE_NOBITS && !name.startsWith(".debug") && type != 0;
    sections.add(
        new ElfSection(index, name, type, flags, size, loaded ? content(header) : Bytes.of()));
  }

  private void symbolTable(int header, long table, int count) {
    int link = number(header + 40, 4);
    if (link >= count || !symbols.isEmpty()) {
      throw new MalformedObjectException("the object's symbol table is damaged");
    }
    Bytes names = content(place(table, link));
    Bytes content = content(header);
    for (int at = 0; at + SYMBOL <= content.length(); at += SYMBOL) {
      int section = (int) content.unsigned(at + 6, 2);
      if (section >= RESERVED_SECTION) {
        section = -1;
      } else if (section >= count) {
        throw new MalformedObjectException("a symbol stands in a section that does not exist");
      }
      symbols.add(
          new ElfSymbol(
              text(names, (int) content.unsigned(at, 4)),
              type(content.at(at + 4) & 0xf),
              content.at(at + 4) >> 4 != 0,
              section,
              content.unsigned(at + 8, 8),
              content.unsigned(at + 16, 8)));
    }
  }

  private static ElfSymbol.Type type(int number) {
    return switch (number) {
      case 0 -> ElfSymbol.Type.NONE;
      case 1 -> ElfSymbol.Type.OBJECT;
      case 2 -> ElfSymbol.Type.FUNCTION;
      case 3 -> ElfSymbol.Type.SECTION;
      default -> ElfSymbol.Type.OTHER;
    };
  }

  private void relocationTable(int header, int count) {
    int target = number(header + 44, 4);
    if (target >= count) {
      throw new MalformedObjectException("relocations apply to a section that does not exist");
    }
    ElfSection section = sections.get(target);
    if (section.name().startsWith(".debug")) {
      return;
    }
    Bytes content = content(header);
    List<ElfRelocation> list = relocations.computeIfAbsent(target, k -> new ArrayList<>());
    for (int at = 0; at + RELA <= content.length(); at += RELA) {
      long offset = content.unsigned(at, 8);
      int symbol = (int) content.unsigned(at + 12, 4);
      if (offset < 0 || offset >= section.size() || symbol < 0 || symbol >= symbols.size()) {
        throw new MalformedObjectException(
            "a relocation of section " + section.name() + " points nowhere");
      }
      list.add(
          new ElfRelocation(
              target,
              (int) offset,
              (int) content.unsigned(at + 8, 4),
              symbol,
              content.signed(at + 16, 8)));
    }
    list.sort(Comparator.comparingInt(ElfRelocation::offset));
  }

  private Bytes content(int header) {
    long offset = file.unsigned(header + 24, 8);
    long size = file.unsigned(header + 32, 8);
    long length = file.length();
    if (offset < 0 || size < 0 || offset > length || size > length - offset) {
      throw new MalformedObjectException("a section of the object lies outside the file");
    }
    return file.slice((int) offset, (int) (offset + size));
  }

  private int place(long table, int index) {
    long at = table + (long) index * SECTION_HEADER;
    if (table < 0 || at > file.length() - SECTION_HEADER) {
      throw new MalformedObjectException("the object's section table lies outside the file");
    }
    return (int) at;
  }

  private int number(int at, int size) {
    int value = (int) file.unsigned(at, size);
    if (value < 0) {
      throw new MalformedObjectException("a number in the object is out of bounds");
    }
    return value;
  }

  private static String text(Bytes table, int at) {
    int end = at;
    while (table.at(end) != 0) {
      end++;
    }
    return new String(table.slice(at, end).toArray(), StandardCharsets.ISO_8859_1);
  }
}

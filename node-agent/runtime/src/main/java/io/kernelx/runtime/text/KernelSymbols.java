// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Some of the kernel's symbols, as {@code /proc/kallsyms} lists them. A listing has some hundred
 * thousand lines, so only the names asked for are kept.
 */
public final class KernelSymbols {
  /** The name under which symbols of the kernel image itself stand. */
  public static final String VMLINUX = "vmlinux";

  private static final int LONGEST_LINE = 1024;

  private final Map<String, List<Symbol>> symbols;

  private KernelSymbols(Map<String, List<Symbol>> symbols) {
    this.symbols = symbols;
  }

  /**
   * One symbol.
   *
   * @param address its address, or its offset if it is per-CPU
   * @param type nm's letter: upper case for external linkage
   * @param module the module that holds it, or {@link #VMLINUX}
   */
  public record Symbol(long address, char type, String module) {

    /** Returns whether it has external linkage. */
    public boolean global() {
      return Character.isUpperCase(type);
    }

    /** Returns whether it is code. */
    public boolean code() {
      return type == 't' || type == 'T' || type == 'w' || type == 'W';
    }
  }

  /**
   * Reads a listing. Lines that are not of its form are passed over.
   *
   * @param listing lines {@code ADDRESS TYPE NAME[\t[MODULE]]}; read to its end, not closed
   * @param names the names to keep
   */
  public static KernelSymbols read(InputStream listing, Set<String> names) throws IOException {
    Map<String, List<Symbol>> found = new HashMap<>();
    Reader reader = new Reader(names, found);
    byte[] buffer = new byte[1 << 16];
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    for (int count = listing.read(buffer); count >= 0; count = listing.read(buffer)) {
      for (int i = 0; i < count; i++) {
        if (buffer[i] == '\n') {
          reader.line(line, Math.min(length, LONGEST_LINE));
          length = 0;
        } else {
          if (length < LONGEST_LINE) {
            line[length] = buffer[i];
          }
          length++;
        }
      }
    }
    reader.line(line, Math.min(length, LONGEST_LINE));
    found.replaceAll((name, list) -> List.copyOf(list));
    return new KernelSymbols(Map.copyOf(found));
  }

  /** Returns every symbol of that name, in the listing's order. */
  public List<Symbol> named(String name) {
    return symbols.getOrDefault(name, List.of());
  }

  /** Tells lines apart by their name's hash before a string is made of it. */
  private static final class Reader {
    private final Map<String, List<Symbol>> found;
    private final Set<String> names;
    private final Set<Integer> hashes = new java.util.HashSet<>();

    Reader(Set<String> names, Map<String, List<Symbol>> found) {
      this.names = names;
      this.found = found;
      names.forEach(name -> hashes.add(name.hashCode()));
    }

    void line(byte[] line, int length) {
      int at = 0;
      long address = 0;
      while (at < length && Character.digit(line[at], 16) >= 0) {
        address = address << 4 | Character.digit(line[at], 16);
        at++;
      }
      if (at == 0 || at > 16 || at + 3 >= length || line[at] != ' ' || line[at + 2] != ' ') {
        return;
      }
      int start = at + 3;
      int end = start;
      int hash = 0;
      while (end < length && line[end] != '\t' && line[end] != ' ') {
        hash = 31 * hash + line[end];
        end++;
      }
      if (!hashes.contains(hash)) {
        return;
      }
      String name = new String(line, start, end - start, StandardCharsets.US_ASCII);
      if (names.contains(name)) {
        String rest = new String(line, end, length - end, StandardCharsets.US_ASCII).strip();
        String module =
            rest.startsWith("[") && rest.endsWith("]")
                ? rest.substring(1, rest.length() - 1)
                : VMLINUX;
        found
            .computeIfAbsent(name, k -> new ArrayList<>())
            .add(new Symbol(address, (char) line[at + 1], module));
      }
    }
  }
}

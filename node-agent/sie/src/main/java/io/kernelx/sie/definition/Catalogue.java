// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder of definitions, found by their constant's name. The definition of {@code X_Y} stands in
 * {@code x_y.toml}, so that whoever needs only the text can open that file; an aggregate file may
 * repeat definitions that have a file of their own.
 */
public final class Catalogue {
  /**
   * @param definition the definition
   * @param toml the text it was read from
   */
  public record Entry(Definition definition, String toml) {}

  private final Map<String, Entry> byConstant;

  private Catalogue(Map<String, Entry> byConstant) {
    this.byConstant = byConstant;
  }

  /**
   * Reads every file of the folder that is named like its constant.
   *
   * @throws IOException if the folder cannot be read
   * @throws DefinitionException if a file is wrong, or is not named like its constant
   */
  public static Catalogue load(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.filter(f -> f.getFileName().toString().endsWith(".toml")).sorted().toList();
    }
    Map<String, Entry> entries = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Path file : files) {
      String toml = Files.readString(file);
      List<Definition> definitions =
          new ArrayList<>(DefinitionReader.readAll(toml, file.getFileName().toString()));
      if (definitions.size() == 1) {
        Definition definition = definitions.get(0);
        String expected = definition.constant().toLowerCase(Locale.ROOT) + ".toml";
        if (!file.getFileName().toString().equals(expected)) {
          throw new DefinitionException(
              "%s:1: a definition of %s must stand in %s"
                  .formatted(file.getFileName(), definition.constant(), expected));
        }
        entries.put(definition.constant(), new Entry(definition, toml));
      }
    }
    return new Catalogue(entries);
  }

  /** Returns the definition of a constant, written in either case. */
  public Optional<Entry> find(String constant) {
    return Optional.ofNullable(byConstant.get(constant));
  }

  /** Returns all entries by constant. */
  public Collection<Entry> entries() {
    return List.copyOf(byConstant.values());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.definition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A catalogue in a folder: {@code <constant in lower case>.toml} each. */
public final class FolderCatalogue implements Catalogue {

  private static final String SUFFIX = ".toml";

  private final Path folder;
  private final DefinitionReader reader;

  public FolderCatalogue(Path folder, DefinitionReader reader) {
    this.folder = folder;
    this.reader = reader;
  }

  @Override
  public Optional<Definition> find(String constant) throws InvalidDefinitionException {
    Path file = folder.resolve(constant.toLowerCase(Locale.ROOT) + SUFFIX).normalize();
    if (!folder.normalize().equals(file.getParent()) || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Definition definition = read(file);
    return definition.constant().equals(constant) ? Optional.of(definition) : Optional.empty();
  }

  @Override
  public List<String> constants() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        try {
          names.add(read(file).constant());
        } catch (InvalidDefinitionException e) {
          // A file that cannot be read offers no constant; find() says why when it is asked for.
          continue;
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    names.sort(null);
    return names;
  }

  private Definition read(Path file) throws InvalidDefinitionException {
    try {
      return reader.read(Files.readString(file));
    } catch (IOException e) {
      throw new InvalidDefinitionException(
          "the catalogue's file %s cannot be read: %s".formatted(file, e.getMessage()));
    } catch (InvalidDefinitionException e) {
      throw new InvalidDefinitionException(
          "the catalogue's file %s: %s".formatted(file.getFileName(), e.getMessage()));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** A TOML table in which every key must be known; errors name file, line and key. */
final class StrictTable {
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger GREATEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final String file;
  private final String title;
  private final TomlTable table;
  private final int line;

  /**
   * @param file the file's name for messages
   * @param title of the table for messages, such as {@code [source]}, or empty
   * @param line where the table begins, from 1
   * @param known every key that may stand in it
   */
  StrictTable(String file, String title, TomlTable table, int line, Set<String> known) {
    this.file = file;
    this.title = title;
    this.table = table;
    this.line = line;
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        throw error(key, "unknown key \"" + key + "\"" + where() + "; known are " + sorted(known));
      }
    }
  }

  private static String sorted(Set<String> known) {
    return String.join(", ", known.stream().sorted().toList());
  }

  private String where() {
    return title.isEmpty() ? "" : " in " + title;
  }

  boolean has(String key) {
    return table.contains(List.of(key));
  }

  /** Makes an error at the key's line. */
  DefinitionException error(String key, String message) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return new DefinitionException(
        "%s:%d: %s".formatted(file, position == null ? line : position.line(), message));
  }

  /** Makes an error at the table's own line. */
  DefinitionException error(String message) {
    return new DefinitionException("%s:%d: %s".formatted(file, line, message));
  }

  String text(String key) {
    return optionalText(key)
        .orElseThrow(() -> error("the key \"" + key + "\" is missing" + where()));
  }

  Optional<String> optionalText(String key) {
    return switch (table.get(List.of(key))) {
      case null -> Optional.empty();
      case String text when !text.isBlank() -> Optional.of(text);
      default -> throw error(key, "\"" + key + "\" must be a text that is not empty");
    };
  }

  boolean flag(String key) {
    return switch (table.get(List.of(key))) {
      case null -> false;
      case Boolean truth -> truth;
      default -> throw error(key, "\"" + key + "\" must be true or false");
    };
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object element : elements(key)) {
      if (!(element instanceof String text) || text.isEmpty()) {
        throw error(key, "\"" + key + "\" must be a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Returns numbers, each written as an integer or as a C expression without names. */
  List<BigInteger> numbers(String key) {
    List<BigInteger> numbers = new ArrayList<>();
    for (Object element : elements(key)) {
      numbers.add(number(key, element));
    }
    return numbers;
  }

  private BigInteger number(String key, Object element) {
    BigInteger number =
        switch (element) {
          case Long integer -> BigInteger.valueOf(integer);
          case String text -> constant(key, text);
          default -> throw error(key, "\"" + key + "\" must hold integers");
        };
    if (number.compareTo(LEAST) < 0 || number.compareTo(GREATEST) > 0) {
      throw error(key, "%s in \"%s\" does not fit 64 bits".formatted(number, key));
    }
    return number;
  }

  private BigInteger constant(String key, String text) {
    try {
      return CExpression.parse(text)
          .constant()
          .orElseThrow(
              () -> error(key, "\"%s\" in \"%s\" has no value by itself".formatted(text, key)));
    } catch (DefinitionException e) {
      throw e.getMessage().startsWith(file) ? e : error(key, e.getMessage());
    }
  }

  int offset(String key) {
    Object value = table.get(List.of(key));
    if (value == null) {
      throw error("the key \"" + key + "\" is missing" + where());
    }
    try {
      return number(key, value).intValueExact();
    } catch (ArithmeticException e) {
      throw error(key, "\"" + key + "\" is too large");
    }
  }

  /** Returns line numbers, from a list or from a text such as {@code "156,248"}. */
  List<Integer> lines(String key) {
    List<Integer> lines = new ArrayList<>();
    Object value = table.get(List.of(key));
    List<?> parts = value instanceof String text ? List.of(text.split(",", -1)) : elements(key);
    for (Object part : parts) {
      try {
        int number = Integer.parseInt(part.toString().strip());
        if (number < 1) {
          throw new NumberFormatException();
        }
        lines.add(number);
      } catch (NumberFormatException e) {
        throw error(key, "\"" + key + "\" must hold line numbers, such as \"156,248\"");
      }
    }
    return lines.stream().sorted().distinct().toList();
  }

  private List<Object> elements(String key) {
    return switch (table.get(List.of(key))) {
      case null -> List.of();
      case TomlArray array -> array.toList();
      default -> throw error(key, "\"" + key + "\" must be a list");
    };
  }

  /** Returns the tables of a list of tables, or of one table. */
  List<StrictTable> tables(String key, Set<String> known) {
    List<StrictTable> tables = new ArrayList<>();
    Object value = table.get(List.of(key));
    switch (value) {
      case null -> {}
      case TomlTable one ->
          tables.add(new StrictTable(file, "[" + key + "]", one, lineOf(key), known));
      case TomlArray array -> {
        for (int i = 0; i < array.size(); i++) {
          if (!(array.get(i) instanceof TomlTable element)) {
            throw error(key, "\"" + key + "\" must be a list of tables");
          }
          TomlPosition position = array.inputPositionOf(i);
          int at = position == null ? lineOf(key) : position.line();
          tables.add(new StrictTable(file, "[[" + key + "]]", element, at, known));
        }
      }
      default -> throw error(key, "\"" + key + "\" must be a table");
    }
    return tables;
  }

  private int lineOf(String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? line : position.line();
  }
}

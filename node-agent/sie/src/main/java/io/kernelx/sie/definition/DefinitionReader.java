// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import io.kernelx.sie.definition.Definition.Bounds;
import io.kernelx.sie.definition.Definition.DeclaredSpan;
import io.kernelx.sie.definition.Definition.Origin;
import io.kernelx.sie.definition.Definition.Reviewed;
import io.kernelx.sie.definition.Definition.Variant;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * Reads definitions from TOML: the single form (source in a table {@code [source]}) and the
 * aggregate form ({@code [[tunables]]}, everything flat). The text is untrusted.
 */
public final class DefinitionReader {
  private static final Set<String> COMMON =
      Set.of(
          "constant",
          "name",
          "description",
          "trades",
          "range",
          "kernel_dir",
          "variants",
          "reviewed",
          "safe_spans");
  private static final Set<String> SINGLE = union(COMMON, Set.of("source"));
  private static final Set<String> FLAT = union(COMMON, SourceReader.KEYS);
  private static final Set<String> VARIANT = union(SourceReader.KEYS, Set.of("kernels"));
  private static final Set<String> REVIEWED = Set.of("hazard", "function", "why");
  private static final Set<String> SPAN = Set.of("function", "start", "end", "kernel");
  private static final List<String> HAZARDS =
      List.of("return", "tailCall", "store", Definition.ESCAPES);

  private DefinitionReader() {}

  private static Set<String> union(Set<String> a, Set<String> b) {
    return Stream.concat(a.stream(), b.stream()).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads every definition of a text.
   *
   * @param toml the text
   * @param file its name, for messages
   * @return at least one definition, in the text's order
   * @throws DefinitionException if anything in the text is wrong
   */
  public static List<Definition> readAll(String toml, String file) {
    TomlParseResult result = Toml.parse(toml);
    if (result.hasErrors()) {
      TomlParseError error = result.errors().get(0);
      throw new DefinitionException(
          "%s:%d: %s".formatted(file, error.position().line(), error.getMessage()));
    }
    if (!result.contains("tunables")) {
      StrictTable table = new StrictTable(file, "", result, 1, SINGLE);
      List<StrictTable> source = table.tables("source", SourceReader.KEYS);
      if (source.size() != 1) {
        throw table.error("the table [source] is missing; it says what is replaced in which file");
      }
      return List.of(definition(table, source.get(0)));
    }
    StrictTable table = new StrictTable(file, "", result, 1, Set.of("tunables"));
    List<Definition> definitions = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (StrictTable each : table.tables("tunables", FLAT)) {
      Definition definition = definition(each, each);
      if (!names.add(definition.name())) {
        throw each.error("name", "the name \"%s\" is used twice".formatted(definition.name()));
      }
      definitions.add(definition);
    }
    return List.copyOf(definitions);
  }

  /**
   * Reads a text that holds one definition.
   *
   * @throws DefinitionException if anything is wrong, or there are several
   */
  public static Definition read(String toml, String file) {
    List<Definition> all = readAll(toml, file);
    if (all.size() != 1) {
      throw new DefinitionException(
          "%s:1: %d definitions where one is expected; name one file each"
              .formatted(file, all.size()));
    }
    return all.get(0);
  }

  private static Definition definition(StrictTable table, StrictTable source) {
    String name = table.text("name");
    if (!name.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      throw table.error("name", "\"name\" must consist of letters, digits, \"_\", \"-\" and \".\"");
    }
    SourceChoice choice = new SourceReader(source).read();
    List<Variant> variants = new ArrayList<>();
    for (StrictTable variant : table.tables("variants", VARIANT)) {
      List<String> kernels = variant.texts("kernels");
      if (kernels.isEmpty()) {
        throw variant.error("\"kernels\" is missing; it lists releases such as \"6.8.*\"");
      }
      variants.add(new Variant(kernels, new SourceReader(variant).read()));
    }
    return new Definition(
        constant(table, name),
        name,
        table.optionalText("description").orElse(""),
        table.optionalText("trades").orElse(""),
        range(table),
        choice,
        variants,
        reviewed(table),
        spans(table),
        table.optionalText("kernel_dir"));
  }

  /** The operator, which reads no more of a definition than this, goes by the same rule. */
  private static String constant(StrictTable table, String name) {
    String constant = table.optionalText("constant").orElse(name);
    if (!constant.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw table.has("constant")
          ? table.error("constant", "\"constant\" must be a C name")
          : table.error("name", "\"name\" is no C name; add the constant's as \"constant\"");
    }
    return constant;
  }

  private static Optional<Bounds> range(StrictTable table) {
    if (!table.has("range")) {
      return Optional.empty();
    }
    List<BigInteger> bounds = table.numbers("range");
    if (bounds.size() != 2 || bounds.get(0).compareTo(bounds.get(1)) > 0) {
      throw table.error("range", "\"range\" must be [least, greatest]");
    }
    return Optional.of(new Bounds(bounds.get(0), bounds.get(1)));
  }

  private static List<Reviewed> reviewed(StrictTable table) {
    List<Reviewed> reviewed = new ArrayList<>();
    for (StrictTable entry : table.tables("reviewed", REVIEWED)) {
      String given = entry.text("hazard");
      String hazard =
          HAZARDS.stream()
              .filter(h -> h.equalsIgnoreCase(given.replace("_", "")))
              .findFirst()
              .orElseThrow(
                  () ->
                      entry.error(
                          "hazard",
                          "\"%s\" is no hazard that can be accepted; those are %s"
                              .formatted(given, String.join(", ", HAZARDS))));
      reviewed.add(new Reviewed(hazard, entry.optionalText("function"), entry.text("why")));
    }
    return reviewed;
  }

  private static List<DeclaredSpan> spans(StrictTable table) {
    List<DeclaredSpan> spans = new ArrayList<>();
    for (StrictTable span : table.tables("safe_spans", SPAN)) {
      int start = span.offset("start");
      int end = span.offset("end");
      if (start < 0 || end < start) {
        throw span.error("a safe span must run from \"start\" to an \"end\" that is not before it");
      }
      spans.add(
          new DeclaredSpan(
              span.text("function"), start, end, span.optionalText("kernel"), Origin.DEFINITION));
    }
    return spans;
  }
}

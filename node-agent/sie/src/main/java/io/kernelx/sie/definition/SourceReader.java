// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys that say what is replaced in which file. */
final class SourceReader {
  static final Set<String> KEYS =
      Set.of("file", "original", "modified", "values", "lines", "macro", "partial");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern MACRO =
      Pattern.compile("\\s*(?:#\\s*define\\s+)?([A-Za-z_]\\w*)\\s+\\(?");
  private static final String MODIFIED =
      "\"modified\" must hold two texts: \"original\" with the second and the third value";
  private static final String VALUES =
      "\"values\" must hold three numbers: the value of \"original\" and those of \"modified\"";

  private final StrictTable table;

  SourceReader(StrictTable table) {
    this.table = table;
  }

  SourceChoice read() {
    String file = file();
    if (table.has("macro")) {
      return macro(file);
    }
    String original = table.text("original");
    List<String> modified = table.texts("modified");
    if (modified.size() != 2) {
      throw table.error(table.has("modified") ? "modified" : "original", MODIFIED);
    }
    List<BigInteger> values = table.numbers("values");
    if (values.size() != 3) {
      throw table.error(table.has("values") ? "values" : "original", VALUES);
    }
    if (new HashSet<>(values).size() != 3) {
      throw table.error("values", "two of the values are equal; all three must differ");
    }
    for (String text : texts(original, modified)) {
      if (text.contains("\n") || text.contains("\"") || text.contains("'") || text.contains("/*")) {
        throw table.error("original", "the texts must be code on one line, without quotes");
      }
    }
    HoleFinder.Hole hole =
        HoleFinder.find(texts(original, modified), values)
            .orElseThrow(
                () ->
                    table.error(
                        "modified",
                        "the values %s do not stand in \"original\" and \"modified\"; the texts must differ in the value alone"
                            .formatted(values)));
    Replacement replacement =
        NAME.matcher(original).matches()
            ? new Replacement.Uses(file, original, hole.suffix(), lines(), table.flag("partial"))
            : inText(file, hole);
    return new SourceChoice(replacement, values);
  }

  private static List<String> texts(String original, List<String> modified) {
    List<String> texts = new ArrayList<>(List.of(original));
    texts.addAll(modified);
    return texts;
  }

  private Replacement.InText inText(String file, HoleFinder.Hole hole) {
    Matcher matcher = MACRO.matcher(hole.before());
    Optional<String> macro = matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    return new Replacement.InText(
        file, hole.before(), hole.hole(), hole.after(), hole.suffix(), macro, lines());
  }

  private List<Integer> lines() {
    return table.has("lines") ? table.lines("lines") : List.of();
  }

  private SourceChoice macro(String file) {
    String name = table.text("macro");
    if (!NAME.matcher(name).matches()) {
      throw table.error("macro", "\"macro\" must be the name of a macro without parameters");
    }
    for (String key : List.of("original", "modified", "lines", "partial")) {
      if (table.has(key)) {
        throw table.error(key, "\"" + key + "\" cannot stand beside \"macro\"");
      }
    }
    List<BigInteger> values = table.numbers("values");
    if (!values.isEmpty() && (values.size() != 3 || new HashSet<>(values).size() != 3)) {
      throw table.error("values", "\"values\" must hold three different numbers, V1 first");
    }
    return new SourceChoice(new Replacement.Macro(file, name), values);
  }

  private String file() {
    String file = table.text("file");
    boolean safe =
        file.matches("[A-Za-z0-9_+.,/-]+")
            && !file.startsWith("/")
            && !List.of(file.split("/", -1)).contains("..")
            && file.matches(".*\\.[chS]");
    if (!safe) {
      throw table.error(
          "file", "\"file\" must be a C source file relative to the tree, without \"..\"");
    }
    return file;
  }
}

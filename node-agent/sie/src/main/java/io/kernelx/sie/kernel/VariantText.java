// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.definition.MaskedSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts a value into a unit's text.
 *
 * <p>The text is what the compiler prints with {@code -E -fdirectives-only}: every included file's
 * lines in place, conditionals resolved, macros still defined and used. Line markers say which line
 * of which file each is, so that an edit finds its place however the file was included, and {@code
 * __LINE__} and {@code __FILE__} keep their values.
 */
final class VariantText {
  private static final Pattern MARKER = Pattern.compile("# (\\d+) \"([^\"]*)\".*");

  private final Path tree;
  private final SourceEdit edit;
  private final String value;
  private String file = "";
  private int line;
  private boolean changed;

  private VariantText(Path tree, SourceEdit edit, String value) {
    this.tree = tree;
    this.edit = edit;
    this.value = value;
  }

  /**
   * Returns the text with the value put in, or empty if nothing in the text is concerned.
   *
   * @param text of the unit
   * @param tree the source tree
   * @param edit where the value goes
   * @param value C text
   */
  static Optional<String> apply(String text, Path tree, SourceEdit edit, String value) {
    return new VariantText(tree, edit, value).apply(text);
  }

  private Optional<String> apply(String text) {
    StringBuilder out = new StringBuilder(text.length() + 64);
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      String current = text.substring(at, end);
      if (current.startsWith("# ")) {
        marker(current);
        out.append(current);
      } else {
        out.append(file.equals(edit.file()) ? edited(current) : current);
        line++;
      }
      if (end < text.length()) {
        out.append('\n');
      }
      at = end + 1;
    }
    return changed ? Optional.of(out.toString()) : Optional.empty();
  }

  private void marker(String marker) {
    Matcher matcher = MARKER.matcher(marker);
    if (matcher.matches()) {
      line = Integer.parseInt(matcher.group(1));
      Path path = Path.of(matcher.group(2)).normalize();
      file = path.startsWith(tree) ? tree.relativize(path).toString() : "";
    }
  }

  private String edited(String current) {
    String result =
        switch (edit) {
          case SourceEdit.Define define -> define(current, define);
          case SourceEdit.Text text -> text(current, text);
          case SourceEdit.Uses uses -> uses(current, uses);
        };
    changed |= !result.equals(current);
    return result;
  }

  private String define(String current, SourceEdit.Define define) {
    String name = define.macro().replaceFirst("\\(.*", "");
    String start = "#define " + name;
    if (!current.startsWith(start)) {
      return current;
    }
    String rest = current.substring(start.length());
    boolean parameters = define.macro().length() > name.length();
    if (parameters ? !rest.startsWith("(") : !(rest.isEmpty() || rest.startsWith(" "))) {
      return current;
    }
    String head = parameters ? rest.substring(0, rest.indexOf(')') + 1) : "";
    return start + head + " " + define.before() + value + define.after();
  }

  private String text(String current, SourceEdit.Text text) {
    if (line != text.line() || !current.equals(text.text())) {
      return current;
    }
    return current.substring(0, text.start()) + value + current.substring(text.end());
  }

  private String uses(String current, SourceEdit.Uses uses) {
    if (!uses.lines().contains(line)) {
      return current;
    }
    List<Integer> places = MaskedSource.of(current).find(uses.name());
    StringBuilder result = new StringBuilder(current);
    for (int i = places.size() - 1; i >= 0; i--) {
      result.replace(places.get(i), places.get(i) + uses.name().length(), value);
    }
    return result.toString();
  }
}

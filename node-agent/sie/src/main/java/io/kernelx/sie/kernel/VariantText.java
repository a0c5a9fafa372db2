// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.definition.MaskedSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A unit's text and the places in it where a value goes.
 *
 * <p>The text is what the compiler prints with {@code -E -fdirectives-only}: every included file's
 * lines in place, conditionals resolved, macros still defined and used. Line markers say which line
 * of which file each is, so that an edit finds its place however the file was included, and {@code
 * __LINE__} and {@code __FILE__} keep their values.
 *
 * @param text as the kernel has it
 * @param cuts where values go, by ascending place; at least one
 */
record VariantText(String text, List<Cut> cuts) {

  /**
   * What gives way to a value.
   *
   * @param start first character
   * @param end character after the last
   * @param before C text put before the value
   * @param after C text put after it
   */
  record Cut(int start, int end, String before, String after) {}

  VariantText {
    cuts = List.copyOf(cuts);
  }

  /**
   * Finds the places that an edit concerns, or returns empty if there are none.
   *
   * @param text of the unit
   * @param tree the source tree
   */
  static Optional<VariantText> of(String text, Path tree, SourceEdit edit) {
    List<Cut> cuts = new Search(text, tree, edit).cuts();
    return cuts.isEmpty() ? Optional.empty() : Optional.of(new VariantText(text, cuts));
  }

  /**
   * Returns the text with a value put in.
   *
   * @param value C text
   */
  String with(String value) {
    StringBuilder out = new StringBuilder(text.length() + 64);
    int at = 0;
    for (Cut cut : cuts) {
      out.append(text, at, cut.start()).append(cut.before()).append(value).append(cut.after());
      at = cut.end();
    }
    return out.append(text, at, text.length()).toString();
  }

  /** One pass over the text; knows at every line which line of which file it is. */
  private static final class Search {
    private static final Pattern MARKER = Pattern.compile("# (\\d+) \"([^\"]*)\".*");

    private final String text;
    private final Path tree;
    private final SourceEdit edit;
    private final Map<String, Boolean> concerned = new HashMap<>();
    private final List<Cut> cuts = new ArrayList<>();

    Search(String text, Path tree, SourceEdit edit) {
      this.text = text;
      this.tree = tree;
      this.edit = edit;
    }

    List<Cut> cuts() {
      boolean here = false;
      int line = 0;
      int at = 0;
      while (at < text.length()) {
        int end = text.indexOf('\n', at);
        end = end < 0 ? text.length() : end;
        if (text.startsWith("# ", at)) {
          Matcher marker = MARKER.matcher(text).region(at, end);
          if (marker.matches()) {
            line = Integer.parseInt(marker.group(1));
            here = concerned.computeIfAbsent(marker.group(2), this::concerned);
          }
        } else {
          if (here) {
            line(at, text.substring(at, end), line);
          }
          line++;
        }
        at = end + 1;
      }
      return cuts;
    }

    private boolean concerned(String name) {
      Path path = Path.of(name).normalize();
      return path.startsWith(tree) && tree.relativize(path).toString().equals(edit.file());
    }

    private void line(int at, String current, int line) {
      switch (edit) {
        case SourceEdit.Define define -> define(at, current, define);
        case SourceEdit.Text piece -> {
          if (line == piece.line() && current.equals(piece.text())) {
            cuts.add(new Cut(at + piece.start(), at + piece.end(), "", ""));
          }
        }
        case SourceEdit.Uses uses -> {
          if (uses.lines().contains(line)) {
            for (int place : MaskedSource.of(current).find(uses.name())) {
              cuts.add(new Cut(at + place, at + place + uses.name().length(), "", ""));
            }
          }
        }
      }
    }

    private void define(int at, String current, SourceEdit.Define define) {
      String name = define.macro().replaceFirst("\\(.*", "");
      String start = "#define " + name;
      if (!current.startsWith(start)) {
        return;
      }
      String rest = current.substring(start.length());
      boolean parameters = define.macro().length() > name.length();
      if (parameters ? !rest.startsWith("(") : !(rest.isEmpty() || rest.startsWith(" "))) {
        return;
      }
      int head = start.length() + (parameters ? rest.indexOf(')') + 1 : 0);
      cuts.add(new Cut(at + head, at + current.length(), " " + define.before(), define.after()));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.definition.MaskedSource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A source file as lines, directives and top-level declarations; comments are blanked out. */
final class SourceLines {
  private static final Pattern DEFINE =
      Pattern.compile("\\s*#\\s*define\\s+([A-Za-z_]\\w*(?:\\([^)]*\\))?)\\s*(.*)");
  private static final Pattern TYPE = Pattern.compile("\\b(?:struct|union)\\s+(\\w+)\\s*\\{");
  private static final Pattern CALLED = Pattern.compile("([A-Za-z_]\\w*)\\s*\\(");
  private static final Pattern DECLARED = Pattern.compile("([A-Za-z_]\\w*)\\s*(?:\\[|=|;|$)");

  private final MaskedSource masked;
  private final String text;

  SourceLines(String source) {
    this.masked = MaskedSource.of(source);
    this.text = masked.text();
  }

  MaskedSource masked() {
    return masked;
  }

  /**
   * A logical line: with its continuations.
   *
   * @param start index of its first character
   * @param end index after its last character
   */
  record Logical(int start, int end) {}

  Logical logicalLine(int index) {
    int start = lineStart(index);
    while (start > 0 && continues(start - 1)) {
      start = lineStart(start - 1);
    }
    int end = lineEnd(index);
    while (end < text.length() && continues(end)) {
      end = lineEnd(end + 1);
    }
    return new Logical(start, end);
  }

  private boolean continues(int newline) {
    return newline > 0 && text.charAt(newline - 1) == '\\';
  }

  int lineStart(int index) {
    return index == 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1;
  }

  int lineEnd(int index) {
    int end = text.indexOf('\n', index);
    return end < 0 ? text.length() : end;
  }

  /** Returns the code of a stretch with continuations joined by blanks. */
  String joined(int start, int end) {
    return text.substring(start, end).replace("\\\n", " ");
  }

  /** Returns whether the place stands in a directive. */
  boolean directive(int index) {
    Logical line = logicalLine(index);
    return text.substring(line.start(), line.end()).stripLeading().startsWith("#");
  }

  /**
   * @param macro the name, with parameters if it has any
   * @param name the name alone
   * @param bodyStart index where the body begins
   * @param end index after the body
   */
  record MacroDefinition(String macro, String name, int bodyStart, int end) {}

  /** Returns the macro definition that covers a place. */
  Optional<MacroDefinition> definition(int index) {
    Logical line = logicalLine(index);
    Matcher matcher =
        DEFINE.matcher(text.substring(line.start(), line.end()).replace("\\\n", "  "));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String macro = matcher.group(1);
    return Optional.of(
        new MacroDefinition(
            macro, macro.replaceFirst("\\(.*", ""), line.start() + matcher.start(2), line.end()));
  }

  /**
   * Returns the name of the top-level declaration that covers a place outside directives: a
   * function, a type's tag, a variable, or the enumerator itself.
   */
  Optional<String> enclosing(int index) {
    int depth = 0;
    int start = 0;
    int i = 0;
    while (i < index) {
      char c = text.charAt(i);
      if (c == '#' && text.substring(lineStart(i), i).isBlank()) {
        i = logicalLine(i).end();
        start = depth == 0 ? i : start;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
        start = depth <= 0 ? i + 1 : start;
        depth = Math.max(0, depth);
      } else if (c == ';' && depth == 0) {
        start = i + 1;
      }
      i++;
    }
    return nameOf(start, index);
  }

  private Optional<String> nameOf(int start, int index) {
    int end = index;
    while (end < text.length() && text.charAt(end) != ';' && text.charAt(end) != '}') {
      end++;
    }
    String chunk = text.substring(Math.min(start, index), end).replaceAll("(?m)^\\s*#.*", "");
    int brace = chunk.indexOf('{');
    String head = brace < 0 ? chunk : chunk.substring(0, brace);
    if (head.matches("(?s)\\s*(typedef\\s+)?enum\\b.*")) {
      Matcher before =
          Pattern.compile("([A-Za-z_]\\w*)\\s*=[^=,]*$")
              .matcher(text.substring(Math.min(start, index), index));
      return before.find() ? Optional.of(before.group(1)) : word(index);
    }
    Matcher type = TYPE.matcher(chunk);
    if (type.lookingAt() || (type.find() && !head.contains("("))) {
      return Optional.of(type.group(1));
    }
    Matcher called =
        CALLED.matcher(head.replaceAll("__attribute__\\s*\\(\\(.*?\\)\\)|__\\w+\\([^()]*\\)", " "));
    if (called.find()) {
      return Optional.of(called.group(1));
    }
    Matcher declared = DECLARED.matcher(head);
    return declared.find() ? Optional.of(declared.group(1)) : Optional.empty();
  }

  private Optional<String> word(int index) {
    Matcher matcher = Pattern.compile("[A-Za-z_]\\w*").matcher(text);
    return matcher.find(index) ? Optional.of(matcher.group()) : Optional.empty();
  }
}

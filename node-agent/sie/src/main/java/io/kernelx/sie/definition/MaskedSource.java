// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.util.ArrayList;
import java.util.List;

/**
 * C source text with comments, strings and character constants blanked out, places kept: what is
 * found in it is code.
 */
public final class MaskedSource {
  private final String text;
  private final List<Integer> lineStarts = new ArrayList<>(List.of(0));

  private MaskedSource(String text) {
    this.text = text;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        lineStarts.add(i + 1);
      }
    }
  }

  /** Masks a source file. Any text may be given. */
  public static MaskedSource of(String source) {
    StringBuilder masked = new StringBuilder(source);
    int i = 0;
    while (i < source.length()) {
      char c = source.charAt(i);
      int end = i + 1;
      if (source.startsWith("/*", i)) {
        int close = source.indexOf("*/", i + 2);
        end = close < 0 ? source.length() : close + 2;
        blank(masked, i, end);
      } else if (source.startsWith("//", i)) {
        int close = source.indexOf('\n', i);
        end = close < 0 ? source.length() : close;
        blank(masked, i, end);
      } else if (c == '"' || (c == '\'' && !digitBefore(source, i))) {
        end = literalEnd(source, i);
        blank(masked, i, end);
      }
      i = end;
    }
    return new MaskedSource(masked.toString());
  }

  private static boolean digitBefore(String source, int at) {
    return at > 0
        && Character.isLetterOrDigit(source.charAt(at - 1))
        && source.charAt(at - 1) != 'L';
  }

  private static int literalEnd(String source, int start) {
    char quote = source.charAt(start);
    for (int i = start + 1; i < source.length(); i++) {
      char c = source.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote || c == '\n') {
        return i + (c == quote ? 1 : 0);
      }
    }
    return source.length();
  }

  private static void blank(StringBuilder text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (text.charAt(i) != '\n') {
        text.setCharAt(i, ' ');
      }
    }
  }

  public String text() {
    return text;
  }

  /** Returns the number, from 1, of the line that holds the character of that index. */
  public int lineOf(int index) {
    int found = java.util.Collections.binarySearch(lineStarts, index);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /**
   * Returns where {@code pattern} stands in code; a pattern that begins or ends with a letter or
   * digit is not found inside a longer word.
   */
  public List<Integer> find(String pattern) {
    List<Integer> found = new ArrayList<>();
    int at = text.indexOf(pattern);
    while (at >= 0 && !pattern.isEmpty()) {
      int end = at + pattern.length();
      boolean startsInWord = at > 0 && word(text.charAt(at - 1)) && word(pattern.charAt(0));
      boolean endsInWord =
          end < text.length() && word(text.charAt(end)) && word(text.charAt(end - 1));
      if (!startsInWord && !endsInWord) {
        found.add(at);
      }
      at = text.indexOf(pattern, at + 1);
    }
    return found;
  }

  private static boolean word(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }
}

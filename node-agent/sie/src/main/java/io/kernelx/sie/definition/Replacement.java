// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import java.util.List;
import java.util.Optional;

/** What is replaced in the source to compile a constant at another value. */
public sealed interface Replacement {

  /** Returns the file that the definition names, relative to the tree. */
  String file();

  /**
   * A text that stands exactly once in the file; the value is put into its hole.
   *
   * @param before the text up to the hole
   * @param hole the hole's text in the source, V1
   * @param after the text after the hole
   * @param suffix of the literal put in, such as {@code U}
   * @param macro the macro that the text defines, if it is a macro's definition
   * @param lines if not empty, only the macro's uses on these lines of the file count
   */
  record InText(
      String file,
      String before,
      String hole,
      String after,
      String suffix,
      Optional<String> macro,
      List<Integer> lines)
      implements Replacement {
    public InText {
      lines = List.copyOf(lines);
    }

    /** Returns the text as it stands in the source. */
    public String original() {
      return before + hole + after;
    }
  }

  /**
   * Every use of a name, in every unit.
   *
   * @param identifier the name
   * @param suffix of the literal put in
   * @param lines if not empty, only the uses on these lines of the file
   * @param partial whether some uses may be left as they are
   */
  record Uses(String file, String identifier, String suffix, List<Integer> lines, boolean partial)
      implements Replacement {
    public Uses {
      lines = List.copyOf(lines);
    }
  }

  /**
   * The body of the file's only definition of a macro; V1 is read from there.
   *
   * @param name the macro
   */
  record Macro(String file, String name) implements Replacement {}
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.math.BigInteger;
import java.util.List;

/** One change of the source's text that puts a value in the place of the constant. */
sealed interface SourceEdit {

  /** Returns the file that is changed, relative to the tree. */
  String file();

  /** Returns the suffix of the literals put in. */
  String suffix();

  /**
   * A macro's definition.
   *
   * @param macro the macro's name with its parameters, if any
   * @param before the body up to the value
   * @param after the body after the value
   */
  record Define(String file, String macro, String before, String after, String suffix)
      implements SourceEdit {}

  /**
   * A piece of a line that is no directive.
   *
   * @param line number in the file, from 1
   * @param text the whole line as it stands
   * @param start first character replaced
   * @param end character after the last one replaced
   */
  record Text(String file, int line, String text, int start, int end, String suffix)
      implements SourceEdit {}

  /**
   * Uses of a name on some lines.
   *
   * @param name the name
   * @param lines numbers in the file, from 1
   */
  record Uses(String file, String name, List<Integer> lines, String suffix) implements SourceEdit {
    public Uses {
      lines = List.copyOf(lines);
    }
  }

  /** Returns the C text of a value: a literal, in parentheses if negative. */
  default String literal(BigInteger value) {
    String digits = value.abs().toString();
    boolean huge = suffix().isEmpty() && value.abs().bitLength() > 63;
    String literal = digits + suffix() + (huge ? "ULL" : "");
    return value.signum() < 0 ? "(-" + literal + ")" : literal;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells the calls that the source writes in inline assembly from those that the compiler makes: the
 * latter keep the C convention, the former whatever the two sides agreed on.
 *
 * <p>The compiler's assembly shows which text was inline. The names called there are put into a
 * section of the object, {@value #SECTION}, one after the other and each ended by a zero byte,
 * behind a byte of 1. Code and data stay as they are.
 */
public final class InlineAssembly {

  /** The section that holds the names. */
  public static final String SECTION = ".discard.kernelx.inline_calls";

  private static final Pattern BLOCK =
      Pattern.compile("^#APP$(.*?)(?:^#NO_APP$|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern BRANCH =
      Pattern.compile("\\b(?:call[lq]?|j[a-z]{1,4}|loop[a-z]*|xbegin)[ \\t]+([^\\s;,#\"]+)");

  private static final Pattern NAME = Pattern.compile("([A-Za-z_.$][\\w.$]*)(@PLT)?([+-]\\w+)*");

  private static final Pattern NO_NAME = Pattern.compile("[*%(].*|\\d+[fb]|\\.L.*");

  private InlineAssembly() {}

  /**
   * Returns the names that inline assembly branches to, or empty if one of them cannot be made out.
   *
   * @param assembly what the compiler wrote
   */
  static Optional<Set<String>> branches(CharSequence assembly) {
    Set<String> names = new TreeSet<>();
    Matcher block = BLOCK.matcher(assembly);
    while (block.find()) {
      Matcher branch = BRANCH.matcher(block.group(1));
      while (branch.find()) {
        String target = branch.group(1);
        Matcher name = NAME.matcher(target);
        if (NO_NAME.matcher(target).matches()) {
          continue;
        }
        if (!name.matches()) {
          return Optional.empty();
        }
        names.add(name.group(1));
      }
    }
    return Optional.of(names);
  }

  /** Returns the assembly with the section added; without one if the names cannot be made out. */
  public static String marked(String assembly) {
    Optional<Set<String>> names = branches(assembly);
    if (names.isEmpty()) {
      return assembly;
    }
    StringBuilder s = new StringBuilder(assembly);
    s.append("\n\t.section ").append(SECTION).append(",\"\",@progbits\n\t.byte 1\n");
    names.get().forEach(name -> s.append("\t.asciz \"").append(name).append("\"\n"));
    return s.toString();
  }
}

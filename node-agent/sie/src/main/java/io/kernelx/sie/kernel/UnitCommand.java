// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.plan.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * How kbuild compiles a unit.
 *
 * @param unit the source file, relative to the tree
 * @param module {@code vmlinux}, or the name of the module that the unit becomes part of
 * @param arguments the compiler and its options, without input, output and dependency files
 */
public record UnitCommand(String unit, String module, List<String> arguments) {
  private static final String MODULE_NAME = "-DKBUILD_MODNAME=\"";

  public UnitCommand {
    arguments = List.copyOf(arguments);
  }

  /**
   * Finds the compiler's command in what {@code make -n} prints.
   *
   * @throws RefusedException if there is none
   */
  static UnitCommand parse(String unit, String object, String recipe) {
    for (String line : recipe.lines().toList()) {
      int output = line.indexOf(" -c -o " + object + " ");
      if (output >= 0) {
        int start = line.lastIndexOf("; ", output) + 2;
        List<String> words = words(line.substring(start < 2 ? 0 : start, output));
        words.removeIf(word -> word.startsWith("-Wp,-MMD") || word.startsWith("-Wp,-MD"));
        return new UnitCommand(unit, module(words), words);
      }
    }
    throw new RefusedException(
        Reason.COMPILATION_FAILED, "kbuild does not say how %s is compiled".formatted(unit));
  }

  private static String module(List<String> words) {
    if (!words.contains("-DMODULE")) {
      return "vmlinux";
    }
    return words.stream()
        .filter(word -> word.startsWith(MODULE_NAME))
        .map(word -> word.substring(MODULE_NAME.length(), word.length() - 1))
        .findFirst()
        .orElse("vmlinux");
  }

  /** Splits a shell command without substitutions into words. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
        continue;
      }
      inWord = true;
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote != '\'' && i + 1 < command.length()) {
        word.append(command.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.kernel.SourceLines.MacroDefinition;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds every unit of the configuration that a constant can reach.
 *
 * <ol>
 *   <li>A constant of a {@code .c} file reaches that file, or, if it is not compiled by itself, the
 *       files that include it.
 *   <li>A constant of a header reaches every {@code .c} file whose code mentions one of its names.
 *   <li>Where a header mentions a name, the macro, inline function, type or enumerator around the
 *       place is a name too; so on, until no new name is found.
 *   <li>Of these files, those that this configuration compiles are the units.
 * </ol>
 */
final class AffectedUnits {
  private static final int MOST_NAMES = 100;
  private static final int MOST_FILES = 400;

  private final SourceTree tree;
  private final TreeSearch search;
  private final Kbuild kbuild;

  AffectedUnits(SourceTree tree, TreeSearch search, Kbuild kbuild) {
    this.tree = tree;
    this.search = search;
    this.kbuild = kbuild;
  }

  /**
   * Returns the units by name.
   *
   * @throws RefusedException if the constant decides what is compiled, or reaches too far
   */
  List<UnitCommand> of(ResolvedConstant constant) {
    Set<String> files = constant.local() ? local(constant) : mentioning(constant);
    List<UnitCommand> units = new ArrayList<>();
    for (String file : files) {
      Optional<UnitCommand> command = kbuild.command(file);
      if (command.isPresent() && file.endsWith(".S")) {
        throw new RefusedException(
            Reason.UNSUPPORTED_INSTRUCTION,
            "%s is assembler and uses the constant; only C code can be analysed".formatted(file));
      }
      command.ifPresent(units::add);
    }
    if (units.isEmpty()) {
      throw new RefusedException(
          Reason.NOT_IN_THIS_KERNEL,
          "this kernel's configuration compiles no file that uses the constant of %s"
              .formatted(constant.edit().file()));
    }
    return units;
  }

  private Set<String> local(ResolvedConstant constant) {
    String file = constant.edit().file();
    for (String name : constant.names()) {
      conditionals(file, name);
    }
    Set<String> files = new TreeSet<>(Set.of(file));
    if (kbuild.command(file).isEmpty()) {
      String base = file.substring(file.lastIndexOf('/') + 1);
      search.mentions(base).stream()
          .filter(f -> f.endsWith(".c") && tree.text(f).contains("include \"" + base + "\""))
          .forEach(files::add);
    }
    return files;
  }

  private void conditionals(String file, String name) {
    SourceLines lines = tree.lines(file).orElseThrow();
    lines.masked().find(name).forEach(at -> conditional(file, lines, at, name));
  }

  private Set<String> mentioning(ResolvedConstant constant) {
    Set<String> files = new TreeSet<>();
    Set<String> names = new LinkedHashSet<>(constant.names());
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      String name = open.pop();
      for (String file : search.mentions(name)) {
        SourceLines lines = tree.lines(file).orElseThrow();
        List<Integer> places = lines.masked().find(name);
        if (places.isEmpty()) {
          continue;
        }
        places.forEach(at -> conditional(file, lines, at, name));
        if (file.endsWith(".c") || file.endsWith(".S")) {
          files.add(file);
          continue;
        }
        for (int at : places) {
          around(lines, at, name).filter(names::add).ifPresent(open::add);
        }
      }
      if (names.size() > MOST_NAMES || files.size() > MOST_FILES) {
        throw new RefusedException(
            Reason.COMPILATION_FAILED,
            "the constant of %s reaches more than %d files through headers; that is too much to compile"
                .formatted(constant.edit().file(), MOST_FILES));
      }
    }
    return files;
  }

  private static Optional<String> around(SourceLines lines, int at, String name) {
    Optional<MacroDefinition> definition = lines.definition(at);
    if (definition.isPresent()) {
      return definition.map(MacroDefinition::name);
    }
    return lines.directive(at)
        ? Optional.empty()
        : lines.enclosing(at).filter(n -> !n.equals(name));
  }

  private static void conditional(String file, SourceLines lines, int at, String name) {
    SourceLines.Logical line = lines.logicalLine(at);
    String text = lines.joined(line.start(), line.end()).strip();
    String values = text.replaceAll("defined\\s*\\(?\\s*" + name + "\\b", "");
    boolean tested = text.matches("#\\s*(el)?if\\b.*") && values.contains(name);
    if (tested) {
      throw new RefusedException(
          Reason.CHANGES_CONTROL_FLOW,
          "%s:%d tests %s in a directive: its value decides which code there is"
              .formatted(file, lines.masked().lineOf(at), name));
    }
  }
}

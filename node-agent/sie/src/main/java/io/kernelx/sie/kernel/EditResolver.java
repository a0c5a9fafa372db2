// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.definition.Replacement;
import io.kernelx.sie.definition.Replacement.InText;
import io.kernelx.sie.definition.Replacement.Macro;
import io.kernelx.sie.definition.Replacement.Uses;
import io.kernelx.sie.kernel.SourceLines.MacroDefinition;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds a definition's replacement in one source tree. */
final class EditResolver {
  private final SourceTree tree;
  private final TreeSearch search;
  private final String release;

  EditResolver(SourceTree tree, TreeSearch search, String release) {
    this.tree = tree;
    this.search = search;
    this.release = release;
  }

  /**
   * @throws RefusedException {@code NotInThisKernel}
   * @throws DefinitionException if the pattern fits in too many places
   */
  ResolvedConstant resolve(Replacement replacement) {
    return switch (replacement) {
      case InText text -> inText(text);
      case Uses uses -> uses(uses);
      case Macro macro -> macro(macro.file(), macro.name());
    };
  }

  private SourceLines lines(String file) {
    return tree.lines(file)
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.NOT_IN_THIS_KERNEL,
                    "kernel %s has no source file %s; add a [[variants]] entry for it"
                        .formatted(release, file)));
  }

  private ResolvedConstant inText(InText replacement) {
    String file = replacement.file();
    SourceLines lines = lines(file);
    List<Integer> found = lines.masked().find(replacement.original());
    if (found.isEmpty()) {
      throw new RefusedException(
          Reason.NOT_IN_THIS_KERNEL,
          "%s of kernel %s does not contain \"%s\"; add a [[variants]] entry for it"
              .formatted(file, release, replacement.original()));
    }
    if (found.size() > 1) {
      throw new DefinitionException(
          "%s: \"%s\" stands on lines %s, but must stand there once; make it longer"
              .formatted(
                  file,
                  replacement.original(),
                  found.stream().map(lines.masked()::lineOf).toList()));
    }
    int start = found.get(0) + replacement.before().length();
    int end = start + replacement.hole().length();
    Optional<MacroDefinition> definition = lines.definition(start);
    if (definition.isPresent()) {
      MacroDefinition macro = definition.get();
      if (!replacement.lines().isEmpty()) {
        return restricted(
            file, macro.name(), replacement.lines(), replacement.suffix(), replacement.hole());
      }
      SourceEdit edit =
          new SourceEdit.Define(
              file,
              macro.macro(),
              lines.joined(macro.bodyStart(), start).stripLeading(),
              lines.joined(end, macro.end()).stripTrailing(),
              replacement.suffix());
      return new ResolvedConstant(
          edit, replacement.hole(), Set.of(macro.name()), file.endsWith(".c"));
    }
    if (lines.directive(start)) {
      throw new DefinitionException(
          "%s:%d: the constant stands in a directive that is no definition; it cannot be replaced there"
              .formatted(file, lines.masked().lineOf(start)));
    }
    int lineStart = lines.lineStart(start);
    String line = tree.text(file).substring(lineStart, lines.lineEnd(start));
    SourceEdit edit =
        new SourceEdit.Text(
            file,
            lines.masked().lineOf(start),
            line,
            start - lineStart,
            end - lineStart,
            replacement.suffix());
    Set<String> names = new TreeSet<>();
    lines.enclosing(start).ifPresent(names::add);
    return new ResolvedConstant(edit, replacement.hole(), names, file.endsWith(".c"));
  }

  private ResolvedConstant restricted(
      String file, String name, List<Integer> wanted, String suffix, String original) {
    List<Integer> uses = useLines(file, name);
    if (!uses.containsAll(wanted)) {
      throw new DefinitionException(
          "%s: \"lines\" is %s, but %s is used on %s".formatted(file, wanted, name, uses));
    }
    return new ResolvedConstant(
        new SourceEdit.Uses(file, name, wanted, suffix),
        original,
        Set.of(name),
        file.endsWith(".c"));
  }

  private List<Integer> useLines(String file, String name) {
    SourceLines lines = lines(file);
    return lines.masked().find(name).stream()
        .filter(at -> lines.definition(at).filter(d -> d.name().equals(name)).isEmpty())
        .map(lines.masked()::lineOf)
        .distinct()
        .toList();
  }

  private ResolvedConstant uses(Uses uses) {
    List<Integer> here = useLines(uses.file(), uses.identifier());
    if (here.isEmpty() && !lines(uses.file()).masked().find(uses.identifier()).isEmpty()) {
      return macro(uses.file(), uses.identifier()).withSuffix(uses.suffix());
    }
    if (here.isEmpty()) {
      throw new RefusedException(
          Reason.NOT_IN_THIS_KERNEL,
          "%s of kernel %s does not use %s; add a [[variants]] entry for it"
              .formatted(uses.file(), release, uses.identifier()));
    }
    List<String> defining = new ArrayList<>();
    for (String file : search.mentions(uses.identifier())) {
      SourceLines lines = lines(file);
      boolean defines =
          lines.masked().find(uses.identifier()).stream()
              .anyMatch(
                  at ->
                      lines
                          .definition(at)
                          .filter(d -> d.macro().equals(uses.identifier()))
                          .isPresent());
      if (defines) {
        defining.add(file);
      }
    }
    List<String> own = defining.stream().filter(uses.file()::equals).toList();
    List<String> chosen = own.isEmpty() ? defining : own;
    if (chosen.size() != 1) {
      throw new DefinitionException(
          "%s: %s is %s; give its definition as \"original\" instead"
              .formatted(
                  uses.file(),
                  uses.identifier(),
                  chosen.isEmpty() ? "no macro" : "defined in " + String.join(", ", chosen)));
    }
    ResolvedConstant whole = macro(chosen.get(0), uses.identifier()).withSuffix(uses.suffix());
    if (uses.lines().isEmpty()) {
      return whole;
    }
    boolean others = !here.equals(uses.lines()) || !search.mentions(uses.identifier()).equals(own);
    if (others && !uses.partial()) {
      throw new DefinitionException(
          "%s: \"lines\" leaves out some uses of %s; add partial = true if that is meant"
              .formatted(uses.file(), uses.identifier()));
    }
    return restricted(
        uses.file(), uses.identifier(), uses.lines(), uses.suffix(), whole.original());
  }

  private ResolvedConstant macro(String file, String name) {
    SourceLines lines = lines(file);
    List<MacroDefinition> found =
        lines.masked().find(name).stream()
            .flatMap(at -> lines.definition(at).filter(d -> d.bodyStart() > at).stream())
            .filter(d -> d.macro().equals(name))
            .toList();
    if (found.isEmpty()) {
      throw new RefusedException(
          Reason.NOT_IN_THIS_KERNEL,
          "%s of kernel %s does not define %s; add a [[variants]] entry for it"
              .formatted(file, release, name));
    }
    if (found.size() > 1) {
      throw new DefinitionException(
          "%s: %s is defined on lines %s; give the one that is meant as \"original\""
              .formatted(
                  file,
                  name,
                  found.stream().map(d -> lines.masked().lineOf(d.bodyStart())).toList()));
    }
    MacroDefinition definition = found.get(0);
    String body = lines.joined(definition.bodyStart(), definition.end()).strip();
    return new ResolvedConstant(
        new SourceEdit.Define(file, name, "", "", suffix(body)),
        body,
        Set.of(name),
        file.endsWith(".c"));
  }

  private static String suffix(String body) {
    String bare = body.replaceAll("^[(\\s]+|[)\\s]+$", "");
    return bare.matches("(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]+")
        ? bare.replaceFirst("^(0[xX][0-9a-fA-F]+|[0-9]+)", "")
        : "";
  }
}

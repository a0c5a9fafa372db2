// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compiles units with kbuild's own command lines. Thread-safe.
 *
 * <p>The text is made first (it reads the tree); what a definition changes comes after that, and
 * the compiler proper sees nothing but the changed text: it runs in an empty folder, and as nobody
 * if this process is root. Debugging information, which changes no code, is left out. The assembly
 * is looked at on its way to the assembler: see {@link InlineAssembly}. Objects are kept by the
 * digest of text and options.
 */
final class UnitCompiler {
  /** Part of the cache key; changes when compilation does. */
  private static final String GENERATION = "3";

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Set<String> INCLUDING =
      Set.of("-I", "-include", "-isystem", "-iquote", "-idirafter");
  private static final int NOBODY = 65534;

  private final PreparedKernel kernel;
  private final Path cache;
  private final CommandRunner runner;
  private final boolean dropPrivileges;

  /**
   * @param cache where objects are kept
   */
  UnitCompiler(PreparedKernel kernel, Path cache, CommandRunner runner) {
    this.kernel = kernel;
    this.cache = cache;
    this.runner = runner;
    this.dropPrivileges =
        "root".equals(System.getProperty("user.name"))
            && Files.isExecutable(Path.of("/usr/bin/setpriv"));
  }

  /**
   * Returns a unit's text with every included file, macros not yet replaced.
   *
   * @param generated makes what the unit includes and only kbuild can make, if something is missing
   * @throws RefusedException {@code CompilationFailed} with the compiler's first error, which names
   *     the file that is missing if one is
   */
  String preprocess(UnitCommand unit, GeneratedSources generated) {
    CommandRunner.Result result = preprocessed(unit);
    if (result.exit() != 0) {
      try {
        generated.make(unit.unit());
      } catch (RefusedException e) {
        throw failed(unit, result, "; " + e.refusal().message());
      }
      result = preprocessed(unit);
    }
    if (result.exit() != 0) {
      throw failed(unit, result, "");
    }
    return new String(result.output(), StandardCharsets.ISO_8859_1);
  }

  private CommandRunner.Result preprocessed(UnitCommand unit) {
    List<String> words = new ArrayList<>(unit.arguments());
    words.addAll(List.of("-E", "-fdirectives-only", "-o", "-"));
    words.add(kernel.tree().resolve(unit.unit()).toString());
    return runner.run(
        new CommandRunner.Command(
            words, kernel.build(), BuildEnvironment.CLEAN, new byte[0], LIMIT));
  }

  /**
   * Compiles a text that {@link #preprocess} made.
   *
   * @throws RefusedException {@code CompilationFailed} with the compiler's first error
   */
  Bytes compile(UnitCommand unit, String text) {
    return compile(unit, Digests.ofTexts(text), () -> text);
  }

  /**
   * Compiles a text that need not be made if it was compiled before.
   *
   * @param identity names the text: equal names, equal texts
   * @throws RefusedException {@code CompilationFailed} with the compiler's first error
   */
  Bytes compile(UnitCommand unit, String identity, Supplier<String> text) {
    String key =
        Digests.ofTexts(
            GENERATION,
            kernel.identity().compiler(),
            String.join("\0", unit.arguments()),
            identity);
    Path kept = cache.resolve(key.substring(0, 2)).resolve(key + ".o");
    try {
      if (!Files.exists(kept)) {
        CacheEntry.writeWhole(kept, run(unit, text.get()));
      }
      return Bytes.of(Files.readAllBytes(kept));
    } catch (IOException e) {
      throw new UncheckedIOException("objects cannot be kept in %s".formatted(cache), e);
    }
  }

  private byte[] run(UnitCommand unit, String text) throws IOException {
    Path folder = Files.createTempDirectory("kernelx-cc");
    Path object = folder.resolve("unit.o");
    try {
      List<String> compiler = new ArrayList<>();
      if (dropPrivileges && givenToNobody(folder)) {
        String user = Integer.toString(NOBODY);
        compiler.addAll(List.of("/usr/bin/setpriv", "--reuid", user, "--regid", user));
        compiler.addAll(List.of("--clear-groups", "--no-new-privs", "--"));
      }
      compiler.addAll(withoutIncludes(unit.arguments()));
      compiler.add("-g0");
      List<String> toAssembly = new ArrayList<>(compiler);
      toAssembly.addAll(List.of("-fpreprocessed", "-fdirectives-only", "-x", "c", "-S", "-"));
      toAssembly.addAll(List.of("-o", "-"));
      List<String> toObject = new ArrayList<>(compiler);
      toObject.addAll(List.of("-x", "assembler", "-c", "-", "-o", object.toString()));
      Map<String, String> environment = new HashMap<>(BuildEnvironment.CLEAN);
      environment.put("TMPDIR", folder.toString());
      byte[] assembly = pipe(unit, toAssembly, folder, environment, text);
      String marked = InlineAssembly.marked(new String(assembly, StandardCharsets.ISO_8859_1));
      pipe(unit, toObject, folder, environment, marked);
      return Files.readAllBytes(object);
    } finally {
      Files.deleteIfExists(object);
      Files.deleteIfExists(folder);
    }
  }

  private byte[] pipe(
      UnitCommand unit,
      List<String> words,
      Path folder,
      Map<String, String> environment,
      String text) {
    byte[] input = text.getBytes(StandardCharsets.ISO_8859_1);
    CommandRunner.Result result =
        runner.run(new CommandRunner.Command(words, folder, environment, input, LIMIT));
    if (result.exit() != 0) {
      throw failed(unit, result, "");
    }
    return result.output();
  }

  /** A root without capabilities, as in a confined container, cannot become anybody else. */
  private static boolean givenToNobody(Path folder) {
    try {
      Files.setAttribute(folder, "unix:uid", NOBODY);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The text holds all included files; the compiler need not be able to look into the tree. */
  private static List<String> withoutIncludes(List<String> arguments) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (INCLUDING.contains(argument)) {
        i++;
      } else if (!argument.startsWith("-I")) {
        kept.add(argument);
      }
    }
    return kept;
  }

  private static RefusedException failed(
      UnitCommand unit, CommandRunner.Result result, String more) {
    String first =
        result
            .errorText()
            .lines()
            .filter(line -> line.contains("error"))
            .findFirst()
            .orElse("the compiler ended with code " + result.exit());
    return new RefusedException(
        Reason.COMPILATION_FAILED, "%s does not compile: %s%s".formatted(unit.unit(), first, more));
  }
}

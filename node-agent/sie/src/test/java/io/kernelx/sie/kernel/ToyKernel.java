// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.PlanRequest;
import io.kernelx.sie.SieCompiler;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.DefinitionReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A kernel of one unit, {@code kernel/x.c}, for the compiler from definition to outcome; for tests.
 */
final class ToyKernel {
  static final String RELEASE = "6.12.117-test";

  private static final String HEAD =
      """
      #define __init __attribute__((section(".init.text")))
      #define TEN 10
      #define X 10
      extern int g(int), h(int, int);
      """;

  private final Path folder;
  private final KernelTree tree;
  private final String compiler;
  private Optional<Path> config;

  /** Plants it in an empty folder, with a configuration that names the machine's compiler. */
  ToyKernel(Path folder) throws IOException {
    this.folder = folder;
    this.tree = new KernelTree(folder.resolve("tree")).file("kernel/Makefile", "");
    this.compiler = compilersName();
    configuredWith(compiler);
  }

  private static String compilersName() {
    return new ProcessRunner()
        .run(
            new CommandRunner.Command(
                List.of("cc", "--version"),
                Path.of("/"),
                BuildEnvironment.CLEAN,
                new byte[0],
                Duration.ofMinutes(1)))
        .outputText()
        .lines()
        .findFirst()
        .orElseThrow();
  }

  /** Returns the first line of what the compiler says about itself. */
  String compiler() {
    return compiler;
  }

  /** Gives the kernel a configuration that names a compiler. */
  ToyKernel configuredWith(String other) throws IOException {
    return configured("CONFIG_CC_VERSION_TEXT=\"%s\"\n".formatted(other));
  }

  /** Gives the kernel a configuration. */
  ToyKernel configured(String lines) throws IOException {
    String text = "# Linux/x86 6.12.117 Kernel Configuration\n" + lines;
    config = Optional.of(Files.writeString(folder.resolve("config"), text));
    return this;
  }

  /** Takes the configuration away. */
  ToyKernel withoutConfiguration() {
    config = Optional.empty();
    return this;
  }

  /** Puts a file into the tree. */
  ToyKernel file(String name, String content) throws IOException {
    tree.file(name, content);
    return this;
  }

  /** Plans {@code X}, which is 10 and is compared at 6 and 4, in a unit of this code. */
  PlanOutcome plan(String code, String... values) throws IOException {
    return planned("#define X 10", HEAD + code, values);
  }

  /**
   * Plans a constant of 10.
   *
   * @param original what stands in the text, with the 10
   * @param text of the unit
   */
  PlanOutcome planned(String original, String text, String... values) throws IOException {
    tree.file("kernel/x.c", text);
    return new SieCompiler(
            new HostPaths(List.of(folder), folder.resolve("cache")),
            runner(),
            Progress.silent(),
            Clock.systemUTC(),
            new Decoder())
        .plan(
            new PlanRequest(
                DefinitionReader.read(
                    """
                    name = "x"
                    range = [1, 100]
                    [source]
                    file = "kernel/x.c"
                    original = "%s"
                    modified = ["%s", "%s"]
                    values = [10, 6, 4]
                    """
                        .formatted(
                            original, original.replace("10", "6"), original.replace("10", "4")),
                    "x.toml"),
                new KernelRequest(RELEASE, Optional.of(tree.root()), config, Optional.empty()),
                Arrays.asList(values)));
  }

  /** Lists and compiles the toy tree; the goals of kbuild's top Makefile leave nothing to do. */
  private CommandRunner runner() {
    CommandRunner compiling = KernelTree.compiling(tree, List.of("kernel"));
    return command -> {
      boolean top = command.words().contains("O=" + command.folder());
      if (!top) {
        CommandRunner.Result result = compiling.run(command);
        return command.words().getFirst().equals("make")
            ? new CommandRunner.Result(0, asTheKernel(result.outputText()), new byte[0])
            : result;
      }
      try {
        Files.writeString(command.folder().resolveSibling("environment"), "CC=cc\0");
        return new CommandRunner.Result(0, new byte[0], new byte[0]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static byte[] asTheKernel(String recipe) {
    String options = "cc -O2 -fno-PIE -mcmodel=kernel -fno-asynchronous-unwind-tables";
    return recipe.replace("cc -O2", options).getBytes();
  }
}

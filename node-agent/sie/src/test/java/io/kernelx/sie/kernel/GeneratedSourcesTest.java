// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units that include what only their own makefile makes. */
class GeneratedSourcesTest {
  private static final Definition OWN =
      DefinitionReader.read(
          """
          name = "own"
          [source]
          file = "block/own.c"
          macro = "OWN"
          """,
          "own.toml");

  @TempDir Path folder;
  private KernelTree tree;
  private PreparedKernel kernel;
  private final List<Path> made = new ArrayList<>();

  @BeforeEach
  void plant() throws IOException {
    tree =
        new KernelTree(folder.resolve("tree"))
            .file("block/Makefile", "")
            .file(
                "block/own.c",
                """
                #include "made.h"
                #include "there.h"
                #define OWN 5
                int h(int x) { return x * OWN + MADE + THERE; }
                """);
    kernel = tree.prepared(folder.resolve("kernel"));
    Files.createDirectories(kernel.build().resolve("block"));
    Files.writeString(kernel.build().resolve("block/there.h"), "#define THERE 1\n");
  }

  @FunctionalInterface
  private interface Rule {
    CommandRunner.Result run(Path build) throws IOException;
  }

  private static CommandRunner.Result made() {
    return new CommandRunner.Result(0, new byte[0], new byte[0]);
  }

  private CommandRunner.Result writes(Path build) throws IOException {
    made.add(build);
    Files.writeString(build.resolve("block/made.h"), "#define MADE 2\n");
    Files.writeString(build.resolve("block/there.h"), "#define THERE (\n");
    return made();
  }

  /** Kbuild, with a rule for what the object needs. */
  private CommandRunner runner(Rule rule) {
    CommandRunner toy = KernelTree.compiling(tree, List.of("block"));
    return command -> {
      if (!command.words().getFirst().equals("make")) {
        return toy.run(command);
      }
      if (command.words().contains("rule_cc_o_c=:")) {
        assertThat(command.words()).contains("obj=block").endsWith("block/own.o");
        try {
          return rule.run(command.folder());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      String text = toy.run(command).outputText().replace("cc -O2", "cc -O2 -Iblock");
      return new CommandRunner.Result(0, text.getBytes(), new byte[0]);
    };
  }

  private List<BigInteger> open(Rule rule) {
    try (ConstantBuild build =
        ConstantBuild.open(
            kernel, OWN, folder.resolve("cache" + made.size()), runner(rule), Progress.silent())) {
      build.compile(List.of(BigInteger.TWO));
      return List.of(build.original());
    }
  }

  private Refusal refusal(Rule rule) {
    return catchThrowableOfType(RefusedException.class, () -> open(rule)).refusal();
  }

  @Test
  void kbuildMakesThemInACopyAndOnce() throws IOException {
    assertThat(open(this::writes)).containsExactly(BigInteger.valueOf(5));
    assertThat(made).hasSize(1).doesNotContain(kernel.build());
    assertThat(made.getFirst()).doesNotExist();
    assertThat(kernel.build().resolve("block/made.h")).hasContent("#define MADE 2");
    assertThat(kernel.build().resolve("block/there.h")).hasContent("#define THERE 1");
    assertThat(open(this::writes)).hasSize(1);
    assertThat(made).hasSize(1);
  }

  @Test
  void whatNobodyMakesIsNamed() {
    Refusal refusal = refusal(_ -> made());
    assertThat(refusal.reason()).isEqualTo(Reason.COMPILATION_FAILED);
    assertThat(refusal.message()).contains("block/own.c does not compile", "made.h: No such file");
  }

  @Test
  void whatKbuildSaysWhenItCannotIsToldToo() {
    byte[] words = "make: *** no tool\n".getBytes();
    Refusal refusal = refusal(_ -> new CommandRunner.Result(2, new byte[0], words));
    assertThat(refusal.reason()).isEqualTo(Reason.COMPILATION_FAILED);
    assertThat(refusal.message())
        .contains("made.h: No such file", "kbuild cannot make what block/own.o needs", "no tool");
    assertThat(open(this::writes)).as("made at the next try").hasSize(1);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.definition.Replacement;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AffectedUnitsTest {
  @TempDir Path folder;
  private KernelTree tree;

  @BeforeEach
  void plantTree() throws IOException {
    tree =
        new KernelTree(folder.resolve("tree"))
            .file("block/Makefile", "")
            .file("mm/Makefile", "")
            .file("net/Makefile", "")
            .file("block/blk.h", "#ifndef B\n#define B\n#define LIMIT\t(32) /* LIMIT */\n#endif\n")
            .file(
                "include/linux/far.h",
                "#define DOUBLE \\\n"
                    + "\t(2 * LIMIT)\n"
                    + "static inline int over(int x)\n"
                    + "{\n"
                    + "\treturn x > LIMIT;\n"
                    + "}\n"
                    + "struct s { int a; };\n")
            .file("block/direct.c", "int a(int x) { return x + LIMIT; }\n")
            .file("block/comment.c", "/* LIMIT */ int b;\n")
            .file("mm/macro.c", "int c(int x) { return x + DOUBLE; }\n")
            .file("mm/inline.c", "int d(int x) { return over(x); }\n")
            .file("mm/overlap.c", "int e(int overlap) { return overlap; }\n")
            .file("net/unbuilt.c", "int f(int x) { return x + LIMIT; }\n")
            .file("tools/tool.c", "int g = LIMIT;\n")
            .file("mm/own.c", "#define OWN 5\nint h(int x) { return x + OWN; }\n");
  }

  private CommandRunner runner() {
    return KernelTree.compiling(tree, List.of("block", "mm"));
  }

  private ResolvedConstant resolve(Replacement replacement) throws IOException {
    PreparedKernel kernel = tree.prepared(folder);
    SourceTree source = new SourceTree(tree.root());
    return new EditResolver(source, new TreeSearch(kernel, runner()), "6.12.117-test")
        .resolve(replacement);
  }

  private List<String> units(Replacement replacement) throws IOException {
    PreparedKernel kernel = tree.prepared(folder);
    return new AffectedUnits(
            new SourceTree(tree.root()),
            new TreeSearch(kernel, runner()),
            new Kbuild(kernel, runner()))
        .of(resolve(replacement)).stream().map(UnitCommand::unit).toList();
  }

  private static Replacement macro(String file, String name) {
    return new Replacement.Macro(file, name);
  }

  private static Replacement toml(String source) {
    return DefinitionReader.read("name = \"x\"\n[source]\n" + source, "x.toml")
        .source()
        .replacement();
  }

  @Test
  void aHeadersConstantGoesThroughMacrosAndInlineFunctions() throws IOException {
    assertThat(units(macro("block/blk.h", "LIMIT")))
        .containsExactly("block/direct.c", "mm/inline.c", "mm/macro.c");
  }

  @Test
  void aSourceFilesConstantStaysThere() throws IOException {
    assertThat(units(macro("mm/own.c", "OWN"))).containsExactly("mm/own.c");
  }

  @Test
  void aFileThatOthersIncludeIsCompiledThere() throws IOException {
    tree.file("net/part.c", "#define PART 5\nint p(int x) { return x + PART; }\n")
        .file("mm/whole.c", "#include \"part.c\"\n");
    assertThat(units(macro("net/part.c", "PART"))).containsExactly("mm/whole.c");
  }

  @Test
  void theUsesFormLeadsToTheDefinition() throws IOException {
    ResolvedConstant constant =
        resolve(
            toml(
                "file = \"block/direct.c\"\n"
                    + "original = \"LIMIT\"\n"
                    + "modified = [\"8\", \"16\"]\n"
                    + "values = [32, 8, 16]"));
    assertThat(constant.edit())
        .isEqualTo(new SourceEdit.Define("block/blk.h", "LIMIT", "", "", ""));
    assertThat(constant.original()).isEqualTo("(32)");
  }

  @Test
  void whatTheTreeDoesNotHaveIsRefused() {
    assertThatThrownBy(() -> resolve(macro("block/none.h", "LIMIT")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.NOT_IN_THIS_KERNEL))
        .hasMessageContaining("no source file block/none.h");
    assertThatThrownBy(() -> resolve(macro("block/blk.h", "LIMITS")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("does not define LIMITS");
    assertThatThrownBy(() -> units(macro("net/unbuilt.c", "NONE")))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void aPatternThatFitsTwiceNamesTheLines() throws IOException {
    tree.file("mm/twice.c", "int a = 7;\nint b = 7;\n");
    assertThatThrownBy(
            () ->
                resolve(
                    toml(
                        "file = \"mm/twice.c\"\n"
                            + "original = \"= 7\"\n"
                            + "modified = [\"= 8\", \"= 9\"]\n"
                            + "values = [7, 8, 9]")))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("stands on lines [1, 2], but must stand there once");
  }

  @Test
  void aConstantThatADirectiveTestsIsRefused() throws IOException {
    tree.file("mm/tested.c", "#define T 5\n#if T > 3\nint a = T;\n#endif\n#ifdef T\n#endif\n");
    assertThatThrownBy(() -> units(macro("mm/tested.c", "T")))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.CHANGES_CONTROL_FLOW))
        .hasMessageContaining("mm/tested.c:2 tests T");
    tree.file("mm/asked.c", "#define A 5\n#if defined(A) && defined A\nint a = A;\n#endif\n");
    assertThat(units(macro("mm/asked.c", "A"))).containsExactly("mm/asked.c");
  }

  @Test
  void linesMustBeUses() throws IOException {
    tree.file("mm/lines.c", "#define N 3\nint a(void) { return N; }\nint b(void) { return N; }\n");
    String source =
        "file = \"mm/lines.c\"\n"
            + "original = \"#define N 3\"\n"
            + "modified = [\"#define N 5\", \"#define N 7\"]\n"
            + "values = [3, 5, 7]\n"
            + "lines = \"%s\"";
    assertThat(resolve(toml(source.formatted("3"))).edit())
        .isEqualTo(new SourceEdit.Uses("mm/lines.c", "N", List.of(3), ""));
    assertThatThrownBy(() -> resolve(toml(source.formatted("1"))))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("is [1], but N is used on [2, 3]");
  }

  @Test
  void kbuildsCommandsAreReadAsAShellWould() throws IOException {
    UnitCommand command =
        new Kbuild(tree.prepared(folder), runner()).command("mm/own.c").orElseThrow();
    assertThat(command.arguments()).containsExactly("cc", "-O2", "-DX=\"a b\"");
    assertThat(command.module()).isEqualTo("vmlinux");
    assertThat(new Kbuild(tree.prepared(folder), runner()).command("net/unbuilt.c")).isEmpty();
  }

  @Test
  void modulesAreNamed() {
    UnitCommand command =
        UnitCommand.parse(
            "a/b.c", "a/b.o", "cc -DMODULE -DKBUILD_MODNAME='\"bfq\"' -c -o a/b.o /x/a/b.c ; true");
    assertThat(command.module()).isEqualTo("bfq");
    assertThatThrownBy(() -> UnitCommand.parse("a/b.c", "a/b.o", "true"))
        .isInstanceOf(RefusedException.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantTextTest {
  private static final Path TREE = Path.of("/src/linux");
  private static final String TEXT =
      """
      # 0 "/src/linux/block/a.c"
      #define X 1
      # 1 "/src/linux/block/../block/b.h" 1
      #define X 32
      #define XX 32
      #define F(a,b) ((a) >> 3)
      int g(int v) { return v >> 3; } /* v >> 3 */
      # 2 "/src/linux/block/a.c" 2
      int h = X; /* X */ int i = X;
      int j = X;
      """;

  private static String apply(SourceEdit edit, String value) {
    return VariantText.of(TEXT, TREE, edit).orElseThrow().with(value);
  }

  @Test
  void aDefinitionIsReplacedInItsFileOnly() {
    assertThat(apply(new SourceEdit.Define("block/b.h", "X", "(", "U)", ""), "8"))
        .isEqualTo(TEXT.replace("#define X 32", "#define X (8U)"));
    assertThat(apply(new SourceEdit.Define("block/a.c", "X", "", "", ""), "8"))
        .isEqualTo(TEXT.replace("#define X 1\n", "#define X 8\n"));
  }

  @Test
  void macrosWithParametersKeepThem() {
    assertThat(apply(new SourceEdit.Define("block/b.h", "F(a, b)", "((a) >> ", ")", ""), "4"))
        .isEqualTo(TEXT.replace("((a) >> 3)", "((a) >> 4)"));
  }

  @Test
  void aPieceOfALineIsReplacedWhereItStands() {
    String line = "int g(int v) { return v >> 3; } /* v >> 3 */";
    assertThat(apply(new SourceEdit.Text("block/b.h", 4, line, 27, 28, ""), "5"))
        .isEqualTo(TEXT.replace("return v >> 3", "return v >> 5"));
    assertThat(VariantText.of(TEXT, TREE, new SourceEdit.Text("block/b.h", 5, line, 27, 28, "")))
        .isEmpty();
  }

  @Test
  void usesAreReplacedOnTheirLinesOnly() {
    assertThat(apply(new SourceEdit.Uses("block/a.c", "X", List.of(2), ""), "9"))
        .isEqualTo(TEXT.replace("int h = X; /* X */ int i = X;", "int h = 9; /* X */ int i = 9;"));
  }

  @Test
  void aTextWithoutThePlaceIsNotConcerned() {
    assertThat(VariantText.of(TEXT, TREE, new SourceEdit.Define("block/c.h", "X", "", "", "")))
        .isEmpty();
  }

  @Test
  void literalsFitTheirType() {
    SourceEdit plain = new SourceEdit.Define("a.c", "X", "", "", "");
    assertThat(plain.literal(BigInteger.valueOf(-5))).isEqualTo("(-5)");
    assertThat(plain.literal(BigInteger.ONE.shiftLeft(63))).isEqualTo("9223372036854775808ULL");
    assertThat(new SourceEdit.Define("a.c", "X", "", "", "UL").literal(BigInteger.TEN))
        .isEqualTo("10UL");
  }
}

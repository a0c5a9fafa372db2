// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionReaderTest {
  private static final String GOOD =
      """
      name = "shrink_batch"
      range = [1, 4096]
      trades = "speed for latency"

      [source]
      file = "mm/shrinker.c"
      original = "#define SHRINK_BATCH 128"
      modified = ["#define SHRINK_BATCH 32", "#define SHRINK_BATCH 64"]
      values = [128, 32, 64]
      """;

  private static void refused(String toml, String message) {
    assertThatThrownBy(() -> DefinitionReader.readAll(toml, "x.toml"))
        .isInstanceOf(DefinitionException.class)
        .hasMessageStartingWith("x.toml:")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "file =|fiel =|x.toml:6: unknown key \"fiel\" in [source]",
        "range = [1, 4096]|range = [9, 1]|x.toml:2: \"range\" must be [least, greatest]",
        "range = [1, 4096]|range = [1]|x.toml:2: \"range\" must be",
        "[128, 32, 64]|[128, 32]|x.toml:9: \"values\" must hold three numbers",
        "[128, 32, 64]|[128, 32, 32]|x.toml:9: two of the values are equal",
        "[128, 32, 64]|[128, 32, 65]|x.toml:8: the values [128, 32, 65] do not stand in",
        "[128, 32, 64]|[129, 32, 64]|x.toml:8: the values [129, 32, 64] do not stand in",
        "mm/shrinker.c|../shrinker.c|x.toml:6: \"file\" must be a C source file",
        "mm/shrinker.c|/etc/shrinker.c|x.toml:6: \"file\" must be a C source file",
        "mm/shrinker.c|mm/a b.c|x.toml:6: \"file\" must be a C source file",
        "BATCH 64|BATCH asm(64)|x.toml:8: the values",
        "BATCH 64|BATCH {64}|x.toml:8: the values",
        "BATCH 64\"]|BATCH 64\", \"#define SHRINK_BATCH 65\"]|must hold two texts",
        "name = \"shrink_batch\"|name = \"shrink batch\"|x.toml:1: \"name\" must consist of",
        "name = \"shrink_batch\"|name = \"a-b\"|x.toml:1: \"name\" is no C name; add the constant",
        "name = \"shrink_batch\"|nothing = 1|unknown key \"nothing\"",
        "[source]|[sauce]|x.toml:5: unknown key \"sauce\"",
        "values = [128|values = [[128|x.toml:",
        "trades = \"speed for latency\"|trades = 3|x.toml:3: \"trades\" must be a text",
      })
  void errorsNameTheLineAndTheMend(String from, String to, String message) {
    assertThat(GOOD).contains(from);
    refused(GOOD.replace(from, to), message);
  }

  @Test
  void theGoodOneIsGood() {
    Definition definition = DefinitionReader.read(GOOD, "x.toml");
    assertThat(definition.constant()).isEqualTo("shrink_batch");
    assertThat(definition.trades()).isEqualTo("speed for latency");
  }

  @Test
  void theDigestChangesWithTheMeaningOnly() {
    String digest = DefinitionReader.read(GOOD, "x.toml").digest();
    assertThat(DefinitionReader.read("# a remark\n" + GOOD, "y.toml").digest()).isEqualTo(digest);
    assertThat(DefinitionReader.read(GOOD.replace("4096", "4097"), "x.toml").digest())
        .isNotEqualTo(digest);
  }

  @Test
  void variantsAreChosenByRelease() {
    Definition definition =
        DefinitionReader.read(
            GOOD
                + """
                [[variants]]
                kernels = ["6.1.*"]
                file = "mm/vmscan.c"
                original = "#define SHRINK_BATCH 128"
                modified = ["#define SHRINK_BATCH 32", "#define SHRINK_BATCH 64"]
                values = [128, 32, 64]
                """,
            "x.toml");
    assertThat(definition.sourceFor("6.1.0-30-amd64").replacement().file())
        .isEqualTo("mm/vmscan.c");
    assertThat(definition.sourceFor("6.12.1").replacement().file()).isEqualTo("mm/shrinker.c");
  }

  @Test
  void theMacroFormNeedsNoTexts() {
    Definition definition =
        DefinitionReader.read(
            """
            name = "b"
            [source]
            file = "mm/shrinker.c"
            macro = "SHRINK_BATCH"
            """,
            "x.toml");
    assertThat(definition.source().replacement())
        .isEqualTo(new Replacement.Macro("mm/shrinker.c", "SHRINK_BATCH"));
    assertThat(definition.source().values()).isEmpty();
    refused(
        "name = \"b\"\n[source]\nfile = \"a.c\"\nmacro = \"A\"\noriginal = \"B\"",
        "x.toml:5: \"original\" cannot stand beside \"macro\"");
  }

  @Test
  void reviewsAndSpansAreRead() {
    Definition definition =
        DefinitionReader.read(
            GOOD
                + """
                [[reviewed]]
                hazard = "STORE"
                why = "the field is only compared"
                [[safe_spans]]
                function = "do_shrink_slab"
                start = "0x10"
                end = 0x20
                """,
            "x.toml");
    assertThat(definition.reviewed())
        .containsExactly(
            new Definition.Reviewed("store", Optional.empty(), "the field is only compared"));
    assertThat(definition.safeSpans())
        .containsExactly(
            new Definition.DeclaredSpan(
                "do_shrink_slab", 16, 32, Optional.empty(), Definition.Origin.DEFINITION));
    refused(GOOD + "[[reviewed]]\nhazard = \"STORE\"", "the key \"why\" is missing");
    refused(
        GOOD + "[[safe_spans]]\nfunction = \"f\"\nstart = 4\nend = 3", "a safe span must run from");
  }

  @Test
  void theHoleIsWidenedUntilTheValuesFit() {
    Definition definition =
        DefinitionReader.read(
            GOOD.replace("BATCH 128", "BATCH (1 << 7)")
                .replace("BATCH 32", "BATCH (1 << 5)")
                .replace("BATCH 64", "BATCH (1 << 6)"),
            "x.toml");
    Replacement.InText text = (Replacement.InText) definition.source().replacement();
    assertThat(text.hole()).isEqualTo("1 << 7");
    assertThat(text.before()).isEqualTo("#define SHRINK_BATCH (");
  }

  @Test
  void namesInAnAggregateMustDiffer() {
    String one =
        "[[tunables]]\n"
            + "name = \"a\"\n"
            + "file = \"a.c\"\n"
            + "original = \"A\"\n"
            + "modified = [\"1\", \"2\"]\n"
            + "values = [3, 1, 2]\n";
    refused(one + one, "x.toml:8: the name \"a\" is used twice");
  }

  @Test
  void randomDamageEndsInOneKindOfError() {
    Random random = new Random(7);
    for (int round = 0; round < 3000; round++) {
      StringBuilder text = new StringBuilder(GOOD);
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        text.setCharAt(random.nextInt(text.length()), (char) (32 + random.nextInt(95)));
      }
      try {
        DefinitionReader.readAll(text.toString(), "x.toml");
      } catch (DefinitionException e) {
        assertThat(e).hasMessageStartingWith("x.toml:");
      }
    }
  }

  @Test
  void candidatesStayInRangeAndDiffer() {
    List<BigInteger> candidates =
        ValueChoice.candidates(
            BigInteger.valueOf(32),
            Optional.of(new Definition.Bounds(BigInteger.ONE, BigInteger.valueOf(63))));
    assertThat(candidates).startsWith(BigInteger.valueOf(16), BigInteger.valueOf(8));
    assertThat(candidates)
        .doesNotContain(BigInteger.valueOf(32), BigInteger.valueOf(64))
        .doesNotHaveDuplicates();
  }
}

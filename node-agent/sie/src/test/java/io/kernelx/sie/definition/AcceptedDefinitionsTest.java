// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Definitions that exist in the field; each must load as it stands. */
class AcceptedDefinitionsTest {
  private static Arguments row(
      String name,
      String file,
      String original,
      String second,
      String third,
      List<Integer> values,
      String hole,
      String suffix) {
    return Arguments.of(name, file, original, second, third, values, hole, suffix);
  }

  static Stream<Arguments> rows() {
    return Stream.of(
        row(
            "tcp_cubic",
            "net/ipv4/tcp_cubic.c",
            "ca->delay_min >> 3",
            "ca->delay_min >> 2",
            "ca->delay_min >> 1",
            List.of(3, 2, 1),
            "3",
            ""),
        row(
            "hystart_delay_max",
            "net/ipv4/tcp_cubic.c",
            "#define HYSTART_DELAY_MAX\t(16000U)",
            "#define HYSTART_DELAY_MAX\t(32000U)",
            "#define HYSTART_DELAY_MAX\t(24000U)",
            List.of(16000, 32000, 24000),
            "16000U",
            "U"),
        row(
            "BLK_MQ_RESOURCE_DELAY",
            "block/blk-mq.c",
            "BLK_MQ_RESOURCE_DELAY\t3",
            "BLK_MQ_RESOURCE_DELAY\t5",
            "BLK_MQ_RESOURCE_DELAY\t7",
            List.of(3, 5, 7),
            "3",
            ""),
        row(
            "IO_LOCAL_TW_DEFAULT_MAX",
            "io_uring/io_uring.c",
            "#define IO_LOCAL_TW_DEFAULT_MAX\t\t 20",
            "#define IO_LOCAL_TW_DEFAULT_MAX\t\t 32",
            "#define IO_LOCAL_TW_DEFAULT_MAX\t\t 64",
            List.of(20, 32, 64),
            "20",
            ""),
        row(
            "tcp_recovery",
            "net/ipv4/tcp_recovery.c",
            "tcp_min_rtt(tp) >> 2",
            "tcp_min_rtt(tp) >> 1",
            "tcp_min_rtt(tp) >> 3",
            List.of(2, 1, 3),
            "2",
            ""),
        row(
            "BLK_MQ_CPU_WORK_BATCH",
            "block/blk-mq.c",
            "BLK_MQ_CPU_WORK_BATCH",
            "16",
            "32",
            List.of(8, 16, 32),
            "BLK_MQ_CPU_WORK_BATCH",
            ""),
        row(
            "BLK_MAX_REQUEST_COUNT",
            "block/blk-mq.c",
            "BLK_MAX_REQUEST_COUNT",
            "8",
            "16",
            List.of(32, 8, 16),
            "BLK_MAX_REQUEST_COUNT",
            ""),
        row(
            "SHRINK_BATCH",
            "mm/shrinker.c",
            "#define SHRINK_BATCH 128",
            "#define SHRINK_BATCH 32",
            "#define SHRINK_BATCH 64",
            List.of(128, 32, 64),
            "128",
            ""),
        row(
            "NR_MAX_BATCHED_MIGRATION",
            "mm/migrate.c",
            "#define NR_MAX_BATCHED_MIGRATION\tHPAGE_PMD_NR",
            "#define NR_MAX_BATCHED_MIGRATION\t256",
            "#define NR_MAX_BATCHED_MIGRATION\t1024",
            List.of(512, 256, 1024),
            "HPAGE_PMD_NR",
            ""),
        row(
            "MAX_SOFTIRQ_RESTART",
            "kernel/softirq.c",
            "#define MAX_SOFTIRQ_RESTART 10",
            "#define MAX_SOFTIRQ_RESTART 5",
            "#define MAX_SOFTIRQ_RESTART 3",
            List.of(10, 5, 3),
            "10",
            ""));
  }

  private static String flat(
      String name, String file, String original, String second, String third, List<Integer> v) {
    return """
    name = "%s"
    description = "as found"
    file = "%s"
    original = "%s"
    modified = ["%s", "%s"]
    values = %s
    """
        .formatted(name, file, original, second, third, v)
        .replace("\t", "\\t");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void loadsInBothForms(
      String name,
      String file,
      String original,
      String second,
      String third,
      List<Integer> values,
      String hole,
      String suffix) {
    String fields = flat(name, file, original, second, third, values);
    Definition aggregate = DefinitionReader.read("[[tunables]]\n" + fields, "all.toml");
    int cut = fields.indexOf("file =");
    String single = fields.substring(0, cut) + "[source]\n" + fields.substring(cut);
    Definition alone = DefinitionReader.read(single, "one.toml");

    assertThat(alone).isEqualTo(aggregate);
    assertThat(alone.digest()).isEqualTo(aggregate.digest()).matches("sha256:[0-9a-f]{64}");
    assertThat(alone.source().values())
        .isEqualTo(values.stream().map(BigInteger::valueOf).toList());
    switch (alone.source().replacement()) {
      case Replacement.InText text -> {
        assertThat(text.original()).isEqualTo(original);
        assertThat(text.hole()).isEqualTo(hole);
        assertThat(text.suffix()).isEqualTo(suffix);
      }
      case Replacement.Uses uses -> assertThat(uses.identifier()).isEqualTo(hole);
      case Replacement.Macro macro -> throw new AssertionError("not a macro: " + macro);
    }
  }

  @Test
  void linesRestrictADefinitionToSomeUses() {
    Definition definition =
        DefinitionReader.read(
            """
            [[tunables]]
            name = "BLK_MQ_BUDGET_DELAY"
            file = "block/blk-mq-sched.c"
            original = "#define BLK_MQ_BUDGET_DELAY\\t3"
            modified = ["#define BLK_MQ_BUDGET_DELAY\\t5", "#define BLK_MQ_BUDGET_DELAY\\t7"]
            values = [3, 5, 7]
            lines = "156,248"
            """,
            "all.toml");
    Replacement.InText text = (Replacement.InText) definition.source().replacement();
    assertThat(text.lines()).containsExactly(156, 248);
    assertThat(text.macro()).contains("BLK_MQ_BUDGET_DELAY");
    assertThat(definition.constant()).isEqualTo("BLK_MQ_BUDGET_DELAY");
  }

  @Test
  void theCatalogueHoldsThemByConstant() throws Exception {
    Catalogue catalogue = Catalogue.load(Path.of("../../tunables"));
    assertThat(catalogue.entries()).hasSizeGreaterThanOrEqualTo(12);
    Catalogue.Entry entry = catalogue.find("BLK_MAX_REQUEST_COUNT").orElseThrow();
    assertThat(entry.toml()).contains("block/blk.h");
    assertThat(entry.definition().range())
        .contains(new Definition.Bounds(BigInteger.ONE, BigInteger.valueOf(63)));
    assertThat(catalogue.find("max_softirq_restart")).isPresent();
    assertThat(catalogue.find("NO_SUCH_CONSTANT")).isEmpty();
    assertThat(catalogue.entries())
        .allSatisfy(
            each -> {
              assertThat(each.definition().trades()).isNotBlank();
              assertThat(each.definition().range()).isPresent();
              assertThat(each.definition().source().values())
                  .allMatch(v -> each.definition().range().orElseThrow().contains(v));
            });
  }
}

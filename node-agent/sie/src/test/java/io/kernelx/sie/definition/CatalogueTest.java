// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalogue of this checkout, and what a catalogue must be like. */
class CatalogueTest {
  private static final Path FOLDER = Path.of("../../tunables");

  private static String toml(String name) {
    return """
    name = "%s"
    [source]
    file = "a.c"
    macro = "A"
    """
        .formatted(name);
  }

  @Test
  void everyEntrySaysWhatItIsAndWhatItTrades() throws IOException {
    assertThat(Catalogue.load(FOLDER).entries())
        .hasSizeGreaterThan(50)
        .allSatisfy(
            each -> {
              Definition d = each.definition();
              assertThat(d.name()).isEqualTo(d.constant().toLowerCase(Locale.ROOT));
              assertThat(d.description()).endsWith(".").hasSizeGreaterThan(30);
              assertThat(d.trades()).contains(";").endsWith(".");
              assertThat(d.range()).isPresent();
            });
  }

  @Test
  void everyPartOfTheKernelHasSome() throws IOException {
    Set<String> parts =
        Catalogue.load(FOLDER).entries().stream()
            .map(each -> each.definition().source().replacement().file())
            .map(file -> file.substring(0, file.indexOf('/')))
            .collect(Collectors.toSet());
    assertThat(parts).contains("block", "mm", "net", "fs", "kernel", "io_uring", "include");
  }

  @Test
  void theAggregateFileHoldsTheSame() throws IOException {
    List<Definition> aggregate =
        DefinitionReader.readAll(Files.readString(FOLDER.resolve("all.toml")), "all.toml");
    assertThat(aggregate)
        .as("tunables/all.toml is not what scripts/catalogue makes of the other files; run it")
        .containsExactlyInAnyOrderElementsOf(
            Catalogue.load(FOLDER).entries().stream().map(Catalogue.Entry::definition).toList());
  }

  @Test
  void constantsAreFoundInEitherCase() throws IOException {
    Catalogue catalogue = Catalogue.load(FOLDER);
    assertThat(catalogue.find("TCP_CUBIC")).isEqualTo(catalogue.find("tcp_cubic")).isPresent();
    assertThat(catalogue.find("shrink_batch")).isEqualTo(catalogue.find("SHRINK_BATCH"));
    assertThat(catalogue.find("NO_SUCH_CONSTANT")).isEmpty();
  }

  @Test
  void aFileIsNamedLikeItsConstant(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("b.toml"), toml("B"));
    assertThat(Catalogue.load(folder).find("B")).isPresent();
    Files.writeString(folder.resolve("c.toml"), toml("D"));
    assertThatThrownBy(() -> Catalogue.load(folder))
        .isInstanceOf(DefinitionException.class)
        .hasMessage("c.toml:1: a definition of D must stand in d.toml");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.state.Meta.Kind;
import io.kernelx.runtime.state.Meta.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
  private static final Meta META =
      new Meta(
          "A_CONSTANT",
          "uid-1",
          7,
          Mode.IMMEDIATE,
          "sha256:p",
          "sha256:s",
          "sha256:d",
          new FormChoice(Form.NATIVE, "asked for"),
          false,
          List.of(
              new Place(Kind.SITE, "f", 16, 21, 0xffffffff81000010L),
              new Place(Kind.CS, "f", 10, 16, 0xffffffff8100000aL)));

  @TempDir private Path folder;

  @Test
  void aDescriptionIsReadAsItWasWritten() {
    assertThat(Meta.read(META.write())).isEqualTo(META);
  }

  @Test
  void whatWasLoadedBeforeThereWereFormsIsBpf() {
    String text = new String(META.write(), StandardCharsets.UTF_8).replaceAll("form.*=.*\n", "");
    assertThat(Meta.read(text.getBytes(StandardCharsets.UTF_8)).form().form()).isEqualTo(Form.BPF);
  }

  @Test
  void whatANewerVersionAddsIsPassedOver() {
    String text = new String(META.write(), StandardCharsets.UTF_8) + "colour=blue\n";
    assertThat(Meta.read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(META);
  }

  @Test
  void damageIsAnArgumentError() {
    Random random = new Random(5);
    for (int i = 0; i < 5_000; i++) {
      byte[] bad = META.write();
      bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      try {
        Meta.read(bad);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).isNotNull();
      }
    }
    assertThatThrownBy(() -> Meta.read(new byte[0])).hasMessageContaining("constant");
  }

  @Test
  void aLinesEndCannotBeSmuggledIn() {
    FormChoice form = new FormChoice(Form.BPF, "usual");
    Meta bad =
        new Meta("C", "me\nrevision=9", 1, Mode.IMMEDIATE, "p", "s", "d", form, false, List.of());
    assertThatThrownBy(bad::write).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void placesMeetByTheirBytes() {
    Place site = META.places(Kind.SITE).getFirst();
    Place span = META.places(Kind.CS).getFirst();
    assertThat(site.meets(span)).as("half open").isFalse();
    assertThat(site.meets(new Place(Kind.CS, "g", 0, 7, 0xffffffff8100000aL))).isTrue();
  }

  @Test
  void tablesAreReplacedWhole() throws IOException {
    NodeFiles files = new NodeFiles(folder.resolve("shm"));
    files.write("cs", List.of("old"));
    files.write("cs", List.of("new"));
    assertThat(folder.resolve("shm/cs")).hasContent("new\n");
    try (var left = Files.list(folder.resolve("shm"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void idsGoOn() throws IOException {
    NodeFiles files = new NodeFiles(folder.resolve("shm"));
    assertThat(files.nextId()).isEqualTo(1);
    files.gaveOut(41);
    assertThat(files.nextId()).isEqualTo(42);
    files.write("next_id", List.of("?"));
    assertThatThrownBy(files::nextId)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("next_id");
  }

  @Test
  void pinsAreFoundAgain() throws IOException {
    Pins pins = new Pins(folder.resolve("pins"));
    assertThat(pins.ids()).isEmpty();
    pins.create(12);
    pins.create(3);
    Files.writeString(pins.probe(12, 0), "");
    Files.writeString(pins.meta(12), "");
    assertThat(pins.ids()).containsExactly(3, 12);
    assertThat(pins.probes(12)).hasSize(1);
    pins.remove(12);
    pins.remove(12);
    assertThat(pins.ids()).containsExactly(3);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelSymbolsTest {
  private static final String LISTING =
      """
      0000000000000000 A fixed_percpu_data
      000000000001f4c0 A pcpu_hot
      ffffffffaf4d31a0 t handle_softirqs
      ffffffffaf900000 T blk_start_plug
      ffffffffaf900100 t dup
      ffffffffaf900200 t dup
      ffffffffc0400000 t dup\t[null_blk]
      ffffffffc0400100 T Aa
      ffffffffc0400200 T BB
      no symbol at all
      """;

  private static KernelSymbols read(String listing, String... names) throws IOException {
    return KernelSymbols.read(
        new ByteArrayInputStream(listing.getBytes(StandardCharsets.UTF_8)), Set.of(names));
  }

  @Test
  void keepsWhatWasAskedFor() throws IOException {
    KernelSymbols symbols = read(LISTING, "handle_softirqs", "dup", "pcpu_hot", "absent");
    assertThat(symbols.named("handle_softirqs"))
        .containsExactly(new KernelSymbols.Symbol(0xffffffffaf4d31a0L, 't', "vmlinux"));
    assertThat(symbols.named("pcpu_hot").getFirst().address()).isEqualTo(0x1f4c0);
    assertThat(symbols.named("dup"))
        .extracting(KernelSymbols.Symbol::module)
        .containsExactly("vmlinux", "vmlinux", "null_blk");
    assertThat(symbols.named("absent")).isEmpty();
    assertThat(symbols.named("blk_start_plug")).isEmpty();
  }

  @Test
  void namesOfOneHashAreNotMixedUp() throws IOException {
    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    KernelSymbols symbols = read(LISTING, "BB");
    assertThat(symbols.named("BB")).hasSize(1);
    assertThat(symbols.named("Aa")).isEmpty();
  }

  @Test
  void theLastLineNeedsNoEnd() throws IOException {
    assertThat(read("ffffffff81000000 T last", "last").named("last")).hasSize(1);
  }

  @Test
  void anythingMayBeRead() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = LISTING.getBytes(StandardCharsets.UTF_8);
      for (int n = random.nextInt(20); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      KernelSymbols.read(new ByteArrayInputStream(bytes), Set.of("dup", "pcpu_hot", ""));
    }
    KernelSymbols.read(
        new ByteArrayInputStream("f".repeat(100_000).getBytes(StandardCharsets.UTF_8)),
        Set.of("f"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfCoreTest {
  private static final long TEXT = 0xffffffff81000000L;
  @TempDir private Path folder;

  private static byte[] core() {
    ByteBuffer core = ByteBuffer.allocate(0x400).order(ByteOrder.LITTLE_ENDIAN);
    core.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1);
    core.putShort(16, (short) 4).putShort(18, (short) 62);
    core.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 2);
    core.putInt(64, 4);
    core.putInt(120, 1).putLong(128, 0x300).putLong(136, TEXT).putLong(152, 0x100);
    for (int i = 0; i < 0x100; i++) {
      core.put(0x300 + i, (byte) i);
    }
    return core.array();
  }

  private Kcore open(byte[] bytes) throws IOException {
    Path file = folder.resolve("core");
    Files.write(file, bytes);
    return Kcore.open(file);
  }

  @Test
  void readsMemoryByAddress() throws IOException {
    try (Kcore kcore = open(core())) {
      assertThat(kcore.read(TEXT + 0x10, 3)).containsExactly(0x10, 0x11, 0x12);
      assertThat(kcore.read(TEXT + 0xfd, 3)).hasSize(3);
    }
  }

  @Test
  void whatNoSegmentHoldsIsAnError() throws IOException {
    try (Kcore kcore = open(core())) {
      assertThatThrownBy(() -> kcore.read(TEXT + 0xfe, 3)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> kcore.read(TEXT - 1, 1)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> kcore.read(0, 1)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileThatEndsEarlyIsAnError() throws IOException {
    try (Kcore kcore = open(java.util.Arrays.copyOf(core(), 0x310))) {
      assertThatThrownBy(() -> kcore.read(TEXT, 0x20)).hasMessageContaining("ends at");
    }
  }

  @Test
  void anotherKindOfFileIsAnError() {
    byte[] object = core();
    object[16] = 1;
    assertThatThrownBy(() -> open(object)).hasMessageContaining("not an x86-64 ELF core");
    assertThatThrownBy(() -> open(new byte[10])).isInstanceOf(IOException.class);
  }

  @Test
  void damagedHeadersEndInAnIoExceptionOrAnAnswer() throws IOException {
    Random random = new Random(11);
    byte[] good = core();
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(8); n >= 0; n--) {
        bad[random.nextInt(180)] = (byte) random.nextInt();
      }
      try {
        ElfCore.Table table = ElfCore.table(bad);
        assertThat(table.size()).isNotNegative();
        var segments = ElfCore.segments(java.util.Arrays.copyOfRange(bad, 64, 176));
        ElfCore.offset(segments, TEXT + 3, 16)
            .ifPresent(offset -> assertThat(offset).isNotNegative());
        ElfCore.offset(segments, -4, 16);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("core file");
      }
    }
  }
}

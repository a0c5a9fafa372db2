// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosedRangesTest {
  @TempDir private Path sys;

  private Set<Long> among(String list, Long... addresses) throws IOException {
    Path file = sys.resolve("kernel/debug/kprobes/blacklist");
    Files.createDirectories(file.getParent());
    Files.writeString(file, list);
    return new ClosedRanges(sys).among(Set.of(addresses));
  }

  @Test
  void rangesAreHalfOpen() throws IOException {
    String list =
        """
        0xffffffff81000100-0xffffffff81000140	do_int3
        0xffffffff82000000-0xffffffff82000001	a
        """;
    assertThat(
            among(
                list,
                0xffffffff810000ffL,
                0xffffffff81000100L,
                0xffffffff8100013fL,
                0xffffffff81000140L,
                0xffffffff82000000L))
        .containsExactlyInAnyOrder(0xffffffff81000100L, 0xffffffff8100013fL, 0xffffffff82000000L);
  }

  @Test
  void whatIsNotShownClosesNothing() throws IOException {
    assertThat(new ClosedRanges(sys).among(Set.of(1L))).isEmpty();
    assertThat(among("0x0-0x0\tdo_int3\nnonsense\n", 0L, 1L)).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheEntryTest {
  @TempDir Path folder;

  @Test
  void whatWasLeftHalfMadeIsMadeAnew() throws Exception {
    Path entry = folder.resolve("kernels/k");
    assertThatThrownBy(
            () ->
                CacheEntry.get(
                    entry,
                    f -> {
                      Files.createDirectories(f.resolve("deep"));
                      Files.writeString(f.resolve("deep/half"), "x");
                      throw new IllegalStateException("killed");
                    }))
        .hasMessage("killed");
    assertThat(entry.resolve("deep/half")).exists();
    CacheEntry.get(entry, f -> Files.writeString(f.resolve("whole"), "y"));
    assertThat(entry.resolve("deep")).doesNotExist();
    assertThat(entry.resolve("whole")).exists();
  }

  @Test
  void manyAtOnceMakeItOnce() throws Exception {
    AtomicInteger made = new AtomicInteger();
    Path entry = folder.resolve("k");
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<Path>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            pool.submit(
                () ->
                    CacheEntry.get(
                        entry,
                        f -> {
                          made.incrementAndGet();
                          Files.writeString(f.resolve("content"), "y");
                        })));
      }
      for (Future<Path> each : all) {
        assertThat(each.get().resolve("content")).exists();
      }
    }
    assertThat(made).hasValue(1);
  }
}

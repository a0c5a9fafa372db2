// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.kernel.UnitTexts.Preprocessed;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitTextsTest {
  private static final List<Preprocessed> TWO =
      List.of(
          Preprocessed.of(
              new UnitCommand("a.c", "vmlinux", List.of("cc", "-DX=\"ä b\"")), "int a;\n\u00e9\n"),
          Preprocessed.of(new UnitCommand("d/b.c", "virtio_blk", List.of("cc")), ""));

  @TempDir private Path folder;
  private final AtomicInteger made = new AtomicInteger();

  private List<Preprocessed> get(PreparedKernel kernel, String definition) {
    return new UnitTexts(folder.resolve("cache"))
        .get(
            kernel,
            definition,
            () -> {
              made.incrementAndGet();
              return TWO;
            });
  }

  @Test
  void whatWasMadeIsReadBack() throws IOException {
    PreparedKernel kernel = new KernelTree(folder.resolve("tree")).prepared(folder.resolve("one"));
    assertThat(get(kernel, "sha256:1")).isEqualTo(TWO);
    assertThat(get(kernel, "sha256:1")).isEqualTo(TWO);
    assertThat(made).hasValue(1);
  }

  @Test
  void anotherDefinitionOrKernelIsMadeForItself() throws IOException {
    KernelTree tree = new KernelTree(folder.resolve("tree"));
    get(tree.prepared(folder.resolve("one")), "sha256:1");
    get(tree.prepared(folder.resolve("one")), "sha256:2");
    get(tree.prepared(folder.resolve("two")), "sha256:1");
    assertThat(made).hasValue(3);
  }

  @Test
  void aRefusalIsNotKept() throws IOException {
    PreparedKernel kernel = new KernelTree(folder.resolve("tree")).prepared(folder.resolve("one"));
    UnitTexts texts = new UnitTexts(folder.resolve("cache"));
    assertThatThrownBy(
            () ->
                texts.get(
                    kernel,
                    "sha256:1",
                    () -> {
                      throw new RefusedException(Reason.NOT_IN_THIS_KERNEL, "no");
                    }))
        .isInstanceOf(RefusedException.class);
    assertThat(get(kernel, "sha256:1")).isEqualTo(TWO);
  }
}

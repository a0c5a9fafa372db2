// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.KernelFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedBuildTest {
  private static final KernelFacts FACTS =
      new KernelFacts("boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of());

  /** A build-id as the linker writes it: sizes, type, owner, twenty bytes. */
  private static final byte[] NOTE =
      HexFormat.of()
          .parseHex(
              "040000001400000003000000474e5500" + "7d44867cb82bf0116c859dbbb480971e9d8082f0");

  @TempDir private Path root;
  private ModuleBuilder builder;
  private LoadedBuild build;
  private Path note;

  @BeforeEach
  void sources() throws IOException {
    Files.createDirectories(root.resolve("sources/kfuncs"));
    Files.writeString(root.resolve("sources/kfuncs/a.c"), "one");
    builder = new ModuleBuilder(BuildPaths.in(root));
    build = new LoadedBuild(BuildPaths.in(root), builder, KernelModule.KFUNCS);
    note = root.resolve("sys/module/xk_kfuncs/notes/.note.gnu.build-id");
  }

  private void load(byte[] buildId) throws IOException {
    Files.createDirectories(note.getParent());
    Files.write(note, buildId);
  }

  private void keep(byte[] buildId) throws IOException {
    Path kept = builder.kept(KernelModule.KFUNCS, FACTS);
    Files.createDirectories(kept.getParent());
    byte[] file = new byte[200];
    System.arraycopy(buildId, 0, file, 100, buildId.length);
    Files.write(kept, file);
  }

  @Test
  void noneIsLoaded() throws Exception {
    assertThat(build.isAnother(FACTS)).isFalse();
    keep(NOTE);
    assertThat(build.isAnother(FACTS)).isFalse();
  }

  @Test
  void theKeptOneIsLoaded() throws Exception {
    load(NOTE);
    keep(NOTE);
    assertThat(build.isAnother(FACTS)).isFalse();
  }

  @Test
  void anotherOneIsLoaded() throws Exception {
    load(NOTE);
    byte[] other = NOTE.clone();
    other[other.length - 1] ^= 1;
    keep(other);
    assertThat(build.isAnother(FACTS)).isTrue();
  }

  @Test
  void anotherAgentsSourcesMakeAnotherOne() throws Exception {
    load(NOTE);
    keep(NOTE);
    Files.writeString(root.resolve("sources/kfuncs/a.c"), "two");
    assertThat(build.isAnother(FACTS)).as("none of these is kept").isTrue();
  }

  @Test
  void whatCannotBeToldIsAnother() throws Exception {
    keep(NOTE);
    load(new byte[0]);
    assertThat(build.isAnother(FACTS)).isTrue();
    Files.delete(note);
    assertThat(build.isAnother(FACTS)).isTrue();
  }
}

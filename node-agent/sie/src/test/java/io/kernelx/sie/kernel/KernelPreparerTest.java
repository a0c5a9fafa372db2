// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelPreparerTest {
  @TempDir Path folder;
  private LocatedKernel located;
  private final List<String> runs = new ArrayList<>();
  private String added = "";
  private String failing = "";

  @BeforeEach
  void plant() throws IOException {
    KernelTree tree = new KernelTree(folder.resolve("tree"));
    Path config = Files.writeString(folder.resolve("config"), "CONFIG_A=y\nCONFIG_HZ=250\n");
    located =
        new LocatedKernel(
            new KernelIdentity("6.12.117-test", "sha256:1", "sha256:2", "cc 1"),
            tree.root(),
            config,
            "cc");
  }

  private CommandRunner.Result make(CommandRunner.Command command) {
    String goal = command.words().get(command.words().size() - 1);
    runs.add(goal);
    if (goal.equals(failing)) {
      return new CommandRunner.Result(2, new byte[0], "make: *** Error 1\n".getBytes());
    }
    try {
      if (goal.equals("olddefconfig")) {
        Files.writeString(command.folder().resolve(".config"), added, StandardOpenOption.APPEND);
      }
      if (goal.equals("kernelx-environment")) {
        Files.writeString(
            command.folder().resolveSibling("environment"),
            "CC=cc\0MAKEFLAGS=rR\0srctree=/src\0multi=a\nb\0");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CommandRunner.Result(0, new byte[0], new byte[0]);
  }

  private PreparedKernel prepare() {
    return new KernelPreparer(folder.resolve("cache"), this::make, Progress.silent())
        .prepare(located);
  }

  @Test
  void aKernelIsPreparedOnce() {
    PreparedKernel first = prepare();
    assertThat(runs).containsExactly("olddefconfig", "prepare0", "kernelx-environment");
    assertThat(prepare()).isEqualTo(first);
    assertThat(runs).hasSize(3);
    assertThat(first.environment())
        .containsEntry("srctree", "/src")
        .containsEntry("multi", "a\nb")
        .doesNotContainKey("MAKEFLAGS");
    assertThat(located.tree().resolve(".config")).doesNotExist();
  }

  @Test
  void aConfigurationThatChangesIsRefused() {
    added = "CONFIG_B=y\nCONFIG_PAHOLE_VERSION=1\n";
    assertThatThrownBy(this::prepare)
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.CONFIGURATION_MISMATCH))
        .hasMessageContaining("CONFIG_B is n, here y");
    added = "CONFIG_PAHOLE_VERSION=1\n";
    assertThat(prepare().tree()).isEqualTo(located.tree());
  }

  @Test
  void aFailedPreparationIsRedone() {
    failing = "prepare0";
    assertThatThrownBy(this::prepare)
        .isInstanceOf(RefusedException.class)
        .hasMessage("kbuild could not prepare 6.12.117-test: make: *** Error 1");
    failing = "";
    prepare();
    assertThat(runs)
        .containsExactly(
            "olddefconfig", "prepare0", "olddefconfig", "prepare0", "kernelx-environment");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.plan.Refusal.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLocatorTest {
  private static final String RELEASE = "6.12.117+deb12-amd64";
  private static final String COMPILER = "kx-gcc-12 (Debian 12.2.0-14) 12.2.0";

  @TempDir Path folder;
  private Path root;
  private KernelTree tree;
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void plant() throws IOException {
    root = Files.createDirectories(folder.resolve("root"));
    tree = new KernelTree(folder.resolve("tree")).file("mm/a.c", "int a;\n");
  }

  private void config(String extra) throws IOException {
    Path boot = Files.createDirectories(root.resolve("boot"));
    Files.writeString(
        boot.resolve("config-" + RELEASE),
        "#\n"
            + "# Automatically generated file; DO NOT EDIT.\n"
            + "# Linux/x86 6.12.117 Kernel Configuration\n"
            + "#\n"
            + "CONFIG_CC_VERSION_TEXT=\""
            + COMPILER
            + "\"\nCONFIG_HZ=250\n"
            + extra);
  }

  private LocatedKernel locate(
      String compilerAnswer, Optional<Path> dir, Optional<String> version) {
    CommandRunner runner =
        command -> {
          if (command.words().get(0).equals("tar")) {
            return new ProcessRunner().run(command);
          }
          assertThat(command.words()).containsExactly("kx-gcc-12", "--version");
          if (compilerAnswer.isEmpty()) {
            throw new CommandRunner.CommandFailedException("no such program", null);
          }
          return new CommandRunner.Result(
              0, (compilerAnswer + "\nCopyright\n").getBytes(), new byte[0]);
        };
    return new KernelLocator(
            new HostPaths(List.of(root), folder.resolve("cache")), runner, progress::add)
        .locate(new KernelRequest(RELEASE, dir, Optional.empty(), version));
  }

  private LocatedKernel locate() {
    return locate(COMPILER, Optional.of(tree.root()), Optional.empty());
  }

  private static void refused(Reason reason, String message, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal().reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }

  @Test
  void everythingThatBelongsToTheKernelIsFound() throws IOException {
    config("");
    LocatedKernel located = locate();
    assertThat(located.compiler()).isEqualTo("kx-gcc-12");
    assertThat(located.identity().compiler()).isEqualTo(COMPILER);
    assertThat(located.identity().sourceDigest()).matches("sha256:[0-9a-f]{64}");
    assertThat(located.tree()).isEqualTo(tree.root());
  }

  @Test
  void digestsFollowTheContentNotThePlace() throws IOException {
    config("");
    String first = locate().identity().sourceDigest();
    KernelTree copy = new KernelTree(folder.resolve("copy")).file("mm/a.c", "int a;\n");
    String second =
        locate(COMPILER, Optional.of(copy.root()), Optional.empty()).identity().sourceDigest();
    assertThat(second).isEqualTo(first);
    copy.file("mm/a.c", "int b; \n");
    assertThat(
            locate(COMPILER, Optional.of(copy.root()), Optional.empty()).identity().sourceDigest())
        .isNotEqualTo(first);
  }

  @Test
  void theConfigurationsDigestLeavesPackagingOut() throws IOException {
    config("");
    String plain = locate().identity().configDigest();
    config("CONFIG_BUILD_SALT=\"x\"\nCONFIG_MODULE_SIG_KEY=\"k\"\nCONFIG_PAHOLE_VERSION=125\n");
    assertThat(locate().identity().configDigest()).isEqualTo(plain);
    config("CONFIG_PREEMPT=y\n");
    assertThat(locate().identity().configDigest()).isNotEqualTo(plain);
  }

  @Test
  void theSourcePackageIsUnpackedOnce() throws Exception {
    config("");
    Path src = Files.createDirectories(root.resolve("usr/src"));
    Files.createDirectories(folder.resolve("pack"));
    Files.move(tree.root(), folder.resolve("pack/linux-source-6.12"));
    int exit =
        new ProcessBuilder(
                "tar",
                "-C",
                folder.resolve("pack").toString(),
                "-cJf",
                src.resolve("linux-source-6.12.tar.xz").toString(),
                "linux-source-6.12")
            .start()
            .waitFor();
    assertThat(exit).isZero();
    LocatedKernel first = locate(COMPILER, Optional.empty(), Optional.empty());
    LocatedKernel second = locate(COMPILER, Optional.empty(), Optional.empty());
    assertThat(first).isEqualTo(second);
    assertThat(first.tree().resolve("mm/a.c")).exists();
    assertThat(progress).filteredOn(p -> p.startsWith("unpacking")).hasSize(1);
    dpkg("6.12.111-1~deb12u1");
    refused(
        Reason.SOURCE_NOT_FOUND,
        "(installed is 6.12.111-1~deb12u1); install linux-source-6.12 in version 6.12.117",
        () -> locate(COMPILER, Optional.empty(), Optional.empty()));
    dpkg("6.12.117-1~deb12u1");
    assertThat(locate(COMPILER, Optional.empty(), Optional.of("6.12.117-1~deb12u1")))
        .isEqualTo(first);
    refused(
        Reason.SOURCE_NOT_FOUND,
        "in version 6.12.117-2",
        () -> locate(COMPILER, Optional.empty(), Optional.of("6.12.117-2")));
  }

  private void dpkg(String version) throws IOException {
    Path status = root.resolve("var/lib/dpkg/status");
    Files.createDirectories(status.getParent());
    Files.writeString(
        status,
        "Package: other\n"
            + "Version: 1\n\n"
            + "Package: linux-source-6.12\n"
            + "Status: install ok installed\n"
            + "Version: "
            + version
            + "\n\n");
  }

  @Test
  void whatIsMissingIsNamedWithTheMend() throws IOException {
    refused(Reason.SOURCE_NOT_FOUND, "install linux-image-" + RELEASE, this::locate);
    config("");
    refused(
        Reason.COMPILER_MISMATCH,
        "kx-gcc-12 is not installed",
        () -> locate("", Optional.of(tree.root()), Optional.empty()));
    refused(
        Reason.COMPILER_MISMATCH,
        "but here is \"kx-gcc-12 (Debian 12.2.0-15) 12.2.0\"",
        () ->
            locate(
                "kx-gcc-12 (Debian 12.2.0-15) 12.2.0", Optional.of(tree.root()), Optional.empty()));
    refused(
        Reason.SOURCE_NOT_FOUND,
        "install linux-source-6.12 in version 6.12.117",
        () -> locate(COMPILER, Optional.empty(), Optional.empty()));
    tree.file("Makefile", "VERSION = 6\nPATCHLEVEL = 8\nSUBLEVEL = 0\n");
    refused(Reason.SOURCE_NOT_FOUND, "holds Linux 6.8.0", this::locate);
    refused(
        Reason.SOURCE_NOT_FOUND,
        "does not exist",
        () -> locate(COMPILER, Optional.of(folder.resolve("nowhere")), Optional.empty()));
  }
}

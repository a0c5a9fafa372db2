// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a make that is a script of ours. */
class ModuleBuilderTest {
  private static final KernelFacts FACTS =
      new KernelFacts("boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of());

  @TempDir private Path root;
  private Path headers;
  private RuntimePaths paths;

  @BeforeEach
  void headersAndSources() throws IOException {
    headers = Files.createDirectories(root.resolve("modules/6.12.0-test/build"));
    Files.writeString(headers.resolve("Makefile"), "");
    Files.writeString(headers.resolve("vmlinux"), "");
    Files.writeString(headers.resolve(".kernelvariables"), "override CC = sh\n");
    Files.createDirectories(headers.resolve("scripts"));
    Files.writeString(headers.resolve("scripts/Makefile.build"), "");
    Path source = Files.createDirectories(root.resolve("sources/kfuncs"));
    Files.writeString(source.resolve("xk_kfuncs.c"), "one");
    make("echo built >>count; echo ko >\"${3#M=}/xk-kfuncs.ko\"");
  }

  private void make(String script) throws IOException {
    Path make = root.resolve("make");
    Files.writeString(make, "#!/bin/sh\ncd " + root + "\n" + script + "\n");
    assertThat(make.toFile().setExecutable(true)).isTrue();
    paths = BuildPaths.in(root);
  }

  private Path build() throws RuntimeRefusedException {
    return new ModuleBuilder(paths).build(KernelModule.KFUNCS, FACTS);
  }

  @Test
  void isBuiltOncePerKernelAndSource() throws Exception {
    Path first = build();
    assertThat(first).hasContent("ko");
    assertThat(build()).isEqualTo(first);
    Files.writeString(root.resolve("sources/kfuncs/xk_kfuncs.c"), "two");
    assertThat(build()).isNotEqualTo(first);
    assertThat(Files.readAllLines(root.resolve("count"))).hasSize(2);
    try (var left = Files.list(first.getParent())) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("xk-kfuncs.ko", "build.log");
    }
  }

  @Test
  void aModuleIsBuiltAgainstTheOneItUses() throws Exception {
    Path source = Files.createDirectories(root.resolve("sources/consistency"));
    Files.writeString(source.resolve("xk_consistency.c"), "one");
    make(
        """
        dir="${3#M=}"; shift 4; echo "$* with $(ls "$dir/../kfuncs" 2>/dev/null)" >>count
        echo symbols >"$dir/Module.symvers"; echo ko >"$dir/xk-$(basename "$dir").ko"
        """);
    Path built = new ModuleBuilder(paths).build(KernelModule.CONSISTENCY, FACTS);
    Path kfuncs = new ModuleBuilder(paths).kept(KernelModule.KFUNCS, FACTS);
    assertThat(built).hasFileName("xk-consistency.ko").hasContent("ko");
    assertThat(kfuncs).hasContent("ko");
    assertThat(Files.readAllLines(root.resolve("count")))
        .containsExactly(
            "modules with xk_kfuncs.c",
            "CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0 KBUILD_EXTRA_SYMBOLS="
                + kfuncs.resolveSibling("Module.symvers")
                + " modules with xk_kfuncs.c");
    Files.writeString(root.resolve("sources/kfuncs/xk_kfuncs.c"), "two");
    assertThat(new ModuleBuilder(paths).kept(KernelModule.CONSISTENCY, FACTS)).doesNotExist();
  }

  @Test
  void aFailedBuildSaysWhyAndLeavesNothing() throws Exception {
    make("echo 'xk_kfuncs.c:7:1: error: no such thing'; exit 2");
    assertThatThrownBy(this::build)
        .isInstanceOf(RuntimeRefusedException.class)
        .hasMessageContaining("error: no such thing")
        .hasMessageContaining("build.log");
    assertThat(new ModuleBuilder(paths).kept(KernelModule.KFUNCS, FACTS)).doesNotExist();
  }

  @Test
  void aModuleWithoutBtfIsNotKept() throws Exception {
    make("echo ko >\"${3#M=}/xk-kfuncs.ko\"; echo Skipping BTF generation for xk-kfuncs.ko");
    assertThatThrownBy(this::build).hasMessageContaining("without BTF");
    assertThat(new ModuleBuilder(paths).kept(KernelModule.KFUNCS, FACTS)).doesNotExist();
  }

  @Test
  void missingPartsAreNamedWithTheirMend() throws Exception {
    Files.delete(headers.resolve("vmlinux"));
    assertThat(new ModuleBuilder(paths).missing(KernelModule.KFUNCS, FACTS))
        .hasValueSatisfying(m -> assertThat(m).contains("vmlinux"));
    Files.delete(headers.resolve("scripts/Makefile.build"));
    assertThat(new ModuleBuilder(paths).missing(KernelModule.KFUNCS, FACTS))
        .hasValueSatisfying(m -> assertThat(m).contains("linux-kbuild"));
    Files.delete(headers.resolve("Makefile"));
    assertThat(new ModuleBuilder(paths).missing(KernelModule.KFUNCS, FACTS))
        .hasValueSatisfying(m -> assertThat(m).contains("install linux-headers-6.12.0-test"));
  }

  @Test
  void aModuleThatIsKeptNeedsNothing() throws Exception {
    build();
    Files.delete(headers.resolve("Makefile"));
    assertThat(new ModuleBuilder(paths).missing(KernelModule.KFUNCS, FACTS)).isEmpty();
    build();
  }
}

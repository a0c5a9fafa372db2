// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a kbuild that is a script of ours, and notes commands down as the real one does. */
class NativeLinkerTest {
  private static final KernelFacts FACTS =
      new KernelFacts("boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of());
  private static final String KBUILD =
      """
      #!/bin/sh
      echo built >>%1$s/count
      dir="${3#M=}"; name=xk_native_0000000000000000
      case $dir in
        */kfuncs) touch "$dir/xk-kfuncs.ko" "$dir/Module.symvers"; exit ;;
      esac
      noted() { echo "$1_$dir/$2 := $3" >"$dir/.$2.cmd"; echo "deps_x := y" >>"$dir/.$2.cmd"; }
      noted savedcmd xk_sites.o "%2$s; cp $dir/xk_sites.c $dir/xk_sites.o"
      noted cmd $name.o "cat \\$(cat $dir/$name.mod) >$dir/$name.o"
      noted savedcmd $name.ko "(echo ARCH \\$SRCARCH name=$name; cat $dir/$name.o) >$dir/$name.ko"
      echo "$dir/xk_sites.o" >"$dir/$name.mod"
      echo name=$name >"$dir/$name.ko"
      """;

  @TempDir private Path root;
  private NativeLinker linker;

  @BeforeEach
  void headersAndSources() throws IOException {
    Path headers = Files.createDirectories(root.resolve("modules/6.12.0-test/build"));
    Files.writeString(headers.resolve("Makefile"), "");
    Files.writeString(headers.resolve("vmlinux"), "");
    Files.writeString(headers.resolve(".kernelvariables"), "override CC = sh\n");
    Files.createDirectories(headers.resolve("scripts"));
    Files.writeString(headers.resolve("scripts/Makefile.build"), "");
    for (String folder : List.of("kfuncs", "native")) {
      Path sources = Files.createDirectories(root.resolve("sources/" + folder));
      Files.writeString(sources.resolve("a.h"), folder);
    }
    kbuild("true");
    linker = new NativeLinker(new ModuleBuilder(BuildPaths.in(root)));
  }

  private void kbuild(String compiler) throws IOException {
    Path make = root.resolve("make");
    Files.writeString(make, KBUILD.formatted(root, compiler));
    assertThat(make.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void everyPlansModuleIsLinkedFromOneThatKbuildMade() throws Exception {
    Path one = linker.build("one\n", FACTS);
    Path two = linker.build("two\n", FACTS);
    String name = one.getFileName().toString().replace(".ko", "");
    assertThat(name).matches("xk_native_[0-9a-f]{16}").doesNotContain("0000000000000000");
    assertThat(one).hasContent("ARCH x86 name=" + name + "\none\n");
    assertThat(two).content().endsWith("two\n").doesNotContain(name);
    assertThat(linker.build("one\n", FACTS)).isEqualTo(one);
    assertThat(Files.readAllLines(root.resolve("count"))).as("kfuncs and one native").hasSize(2);
    try (var left = Files.list(one.getParent())) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .noneMatch(n -> n.startsWith(".") || n.equals(name));
    }
  }

  @Test
  void whatDoesNotCompileIsNotKept() throws Exception {
    kbuild("echo error: bad sites; exit 3");
    assertThatThrownBy(() -> linker.build("bad\n", FACTS))
        .isInstanceOf(RuntimeRefusedException.class)
        .hasMessageContaining("error: bad sites")
        .hasMessageContaining(".log");
    try (var left = Files.walk(root.resolve("cache"))) {
      assertThat(left.map(p -> p.getFileName().toString()).filter(n -> n.endsWith(".ko")))
          .containsExactlyInAnyOrder(
              "xk-kfuncs.ko", "xk_native_0000000000000000.ko", "xk_native_0000000000000000.ko");
    }
  }

  @Test
  void toolsAreNeededThoughTheFirstIsKept() throws Exception {
    linker.build("one\n", FACTS);
    assertThat(linker.missing(FACTS)).isEmpty();
    Files.delete(root.resolve("make"));
    assertThat(linker.missing(FACTS)).hasValueSatisfying(m -> assertThat(m).contains("make"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeListingTest {
  @TempDir Path folder;
  private KernelTree planted;
  private Path tree;

  @BeforeEach
  void plant() throws IOException {
    planted =
        new KernelTree(folder.resolve("tree"))
            .file("block/a.c", "int a;\n")
            .file("mm/b.c", "int b;\n")
            .file("include/linux/h.h", "#define X 1\n")
            .file("scripts/tool.c", "int main;\n")
            .file("scripts/tool.sh", "#!/bin/sh\n")
            .file("arch/x86/include/asm/a.h", "");
    tree = planted.root();
  }

  private void build() throws IOException {
    planted
        .file(".config", "CONFIG_A=y\n")
        .file("block/a.o", "")
        .file("block/.a.o.cmd", "")
        .file("include/generated/autoconf.h", "#define CONFIG_OTHER 1\n")
        .file("include/config/auto.conf", "")
        .file("arch/x86/include/generated/asm/b.h", "")
        .file("scripts/tool", "\u007fELF")
        .file("vmlinux", "")
        .file(".git/config", "");
    assertThat(tree.resolve("scripts/tool").toFile().setExecutable(true)).isTrue();
  }

  @Test
  void treeWithoutABuildIsTakenAsItIs() throws IOException {
    TreeListing listing = TreeListing.of(tree);
    assertThat(listing.builtIn()).isFalse();
    assertThat(listing.products()).isEmpty();
    assertThat(listing.sources())
        .containsKeys(Path.of("block/a.c"), Path.of("include/linux/h.h"), Path.of("Makefile"));
  }

  @Test
  void viewLeavesOutWhatABuildMade() throws IOException {
    String before = TreeListing.of(tree).state();
    build();
    TreeListing listing = TreeListing.of(tree);
    assertThat(listing.builtIn()).isTrue();
    assertThat(listing.state()).isEqualTo(before);
    Path view = folder.resolve("view");
    listing.link(view);
    for (String kept :
        List.of("block/a.c", "mm/b.c", "include/linux/h.h", "scripts/tool.sh", "Makefile")) {
      assertThat(Files.readString(view.resolve(kept)))
          .isEqualTo(Files.readString(tree.resolve(kept)));
    }
    for (String made :
        List.of(
            ".config",
            "block/a.o",
            "block/.a.o.cmd",
            "include/generated",
            "include/config",
            "arch/x86/include/generated",
            "scripts/tool",
            "vmlinux",
            ".git")) {
      assertThat(view.resolve(made)).doesNotExist();
    }
    assertThat(view.resolve("mm")).as("a folder without products is one link").isSymbolicLink();
  }

  @Test
  void searchLooksThroughTheView() throws IOException {
    build();
    Path view = folder.resolve("view");
    TreeListing.of(tree).link(view);
    PreparedKernel own = planted.prepared(folder.resolve("prepared"));
    PreparedKernel kernel =
        new PreparedKernel(own.identity(), view, own.build(), own.compiler(), own.environment());
    assertThat(new TreeSearch(kernel, new ProcessRunner()).mentions("b")).containsExactly("mm/b.c");
  }
}

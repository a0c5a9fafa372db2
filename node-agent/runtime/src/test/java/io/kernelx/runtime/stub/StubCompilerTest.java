// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the real clang and the real header. */
@Tag("kernel")
class StubCompilerTest {
  @TempDir private Path cache;
  private StubCompiler compiler;

  @BeforeEach
  void checkout() {
    Path sources = Path.of("").toAbsolutePath();
    while (!Files.exists(sources.resolve("bpf/xk.bpf.h"))) {
      sources = sources.getParent();
    }
    compiler = new StubCompiler(RuntimePaths.standard(sources, cache));
  }

  private static String text(String name) throws IOException {
    try (InputStream in =
        StubCompilerTest.class.getResourceAsStream("/stubs/handwritten/" + name + ".bpf.c")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BLK_MAX_REQUEST_COUNT", "MAX_SOFTIRQ_RESTART"})
  void whatAPersonWritesCompilesToo(String name) throws Exception {
    Path object = compiler.compile(text(name));
    assertThat(Files.size(object)).isPositive();
    FileTime made = Files.getLastModifiedTime(object);
    assertThat(compiler.compile(text(name))).as("kept").isEqualTo(object);
    assertThat(Files.getLastModifiedTime(object)).isEqualTo(made);
  }

  @Test
  void whatDoesNotCompileSaysWhy() {
    assertThatThrownBy(() -> compiler.compile("#include \"xk.bpf.h\"\nint x = nonsense;\n"))
        .isInstanceOf(RuntimeRefusedException.class)
        .hasMessageContaining("error: use of undeclared identifier 'nonsense'");
  }

  @Test
  void warningsAreErrors() {
    assertThatThrownBy(
            () ->
                compiler.compile("#include \"xk.bpf.h\"\nstatic int unused(void) { return 1; }\n"))
        .hasMessageContaining("unused");
  }
}

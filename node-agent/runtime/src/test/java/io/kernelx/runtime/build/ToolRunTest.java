// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolRunTest {
  @TempDir private Path folder;

  private ToolRun run(long seconds, String script) throws IOException {
    return ToolRun.of(folder, folder.resolve("log"), seconds, List.of("sh", "-c", script));
  }

  @Test
  void outputAndCodeComeBack() throws IOException {
    ToolRun run = run(10, "echo out; echo err >&2; exit 4");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.output()).contains("out\n").contains("err\n");
  }

  @Test
  void whatTakesTooLongIsStopped() throws IOException {
    assertThat(run(1, "sleep 100").exitCode()).isEqualTo(-1);
  }

  @Test
  void theComplaintIsTheFirstErrors() throws IOException {
    assertThat(
            run(10, "echo fine; echo 'a.c:1: error: x'; echo 'make: *** [a.o] Error 1'")
                .complaint())
        .isEqualTo("a.c:1: error: x; make: *** [a.o] Error 1");
    assertThat(run(10, "echo one; echo; echo two").complaint()).isEqualTo("one; two");
  }

  @Test
  void aToolIsFoundUnderItsVersionToo() throws IOException {
    Path tool = folder.resolve("tool-14");
    Files.writeString(tool, "");
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    assertThat(ToolRun.find(folder + "/tool")).hasValue(folder + "/tool-14");
    assertThat(ToolRun.find("sh")).hasValue("sh");
    assertThat(ToolRun.find("no-such-tool-anywhere")).isEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness that the other tests trust: it must be able to fail. */
class HarnessVmTest {
  @TempDir private Path share;

  private record Run(int code, String output) {}

  private Run run(int timeout, String script) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Guest.create().sources().resolve("testbed/vm/run").toString());
    command.addAll(List.of("--timeout", Integer.toString(timeout), "--share", share.toString()));
    command.addAll(List.of("--", "bash", "-c", script));
    Path output = Files.createTempFile(share, "output", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Run(process.waitFor(), Files.readString(output));
  }

  @Test
  @Tag("vm")
  void outputExitCodeAndFilesComeBack() throws Exception {
    Run run = run(120, "uname -r; id -u; echo kept >" + share + "/made; touch /usr/gone; exit 7");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.output()).contains("6.12.").contains("\n0\n");
    assertThat(share.resolve("made")).hasContent("kept");
    assertThat(Path.of("/usr/gone")).doesNotExist();
  }

  @Test
  @Tag("vm")
  void aKernelThatComplainsFailsTheRun() throws Exception {
    Run run = run(120, "echo '<3>BUG: made up' >/dev/kmsg; true");
    assertThat(run.code()).isEqualTo(97);
    assertThat(run.output()).contains("BUG: made up");
  }

  @Test
  @Tag("soak")
  void aKernelThatDiesFailsTheRun() throws Exception {
    Run run = run(120, "echo c >/proc/sysrq-trigger; sleep 60");
    assertThat(run.code()).isEqualTo(98);
    assertThat(run.output()).contains("sysrq triggered crash");
  }

  @Test
  @Tag("soak")
  void aCommandThatHangsFailsTheRun() throws Exception {
    Run run = run(15, "sleep 600");
    assertThat(run.code()).isEqualTo(99);
  }
}

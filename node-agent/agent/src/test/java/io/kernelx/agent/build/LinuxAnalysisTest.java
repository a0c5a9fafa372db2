// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract with linux-analysis, against a checkout whose script is a stand-in. */
class LinuxAnalysisTest {
  private static final String HEAD =
      """
      #!/usr/bin/env bash
      set -euo pipefail
      echo "$@" >args
      while [ $# -gt 0 ]; do case "$1" in --tunable) name=$2;; esac; shift; done
      mkdir -p "dataset/$name"
      echo "stage 1" >"dataset/$name/1.output.txt"
      """;

  @TempDir private Path folder;
  private Path project;
  private Path checkout;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void makeFolders() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    checkout = folder.resolve("linux-analysis");
  }

  private void script(String rest) throws IOException {
    Files.createDirectories(checkout.resolve("scripts"));
    Files.writeString(checkout.resolve("scripts/ss-gen.sh"), HEAD + rest + "\n");
  }

  private void answers(String json) throws IOException {
    script("cat >\"dataset/$name/1.func_offset.json\" <<'EOF'\n" + json + "\nEOF");
  }

  private List<OffsetFile.Range> ask(Map<String, String> environment) throws Exception {
    return new LinuxAnalysis(project, environment, Duration.ofSeconds(60), said::add)
        .spans("my_const");
  }

  private List<OffsetFile.Range> ask() throws Exception {
    return ask(Map.of());
  }

  @Test
  void rangesOfEveryFileAreReadOnce() throws Exception {
    script(
        """
        echo '[{"function": "f", "offset": "0x10 - 0x2c"},
               {"function": "g.cold", "offset": "0x0 - 0x4", "line": 7}]' \\
          >"dataset/$name/1.func_offset.json"
        echo '{"results": [{"function": "f", "offset": "0x10 - 0x2c"},
                           {"function": "f", "offset": "0x40 - 0x40"}]}' \\
          >"dataset/$name/2.func_offset.json"
        """);
    assertThat(ask())
        .containsExactly(
            new OffsetFile.Range("f", 0x10, 0x2c),
            new OffsetFile.Range("g.cold", 0, 4),
            new OffsetFile.Range("f", 0x40, 0x40));
    assertThat(said).isEmpty();
    assertThat(checkout.resolve("args")).hasContent("--tunable my_const");
  }

  @Test
  void variablesBecomeFlags() throws Exception {
    answers("[{\"function\": \"f\", \"offset\": \"0x1 - 0x2\"}]");
    ask(
        Map.of(
            "LINUX_WLLVM", "/w",
            "VMLINUX_BC", "/v.bc",
            "TAINT_TRACKER_PLUGIN", "/p.so",
            "VMLINUX", "/vmlinux",
            "MODULES_DIR", "/m",
            "HOME", "/h"));
    assertThat(checkout.resolve("args"))
        .hasContent(
            "--tunable my_const --linux-wllvm /w --vmlinux-bc /v.bc --plugin /p.so"
                + " --vmlinux /vmlinux --modules-dir /m");
    ask(Map.of("VMLINUX", ""));
    assertThat(checkout.resolve("args")).hasContent("--tunable my_const");
  }

  @Test
  void aRangeThatRunsBackwardsIsTurnedRound() throws Exception {
    answers("[{\"function\": \"f\", \"offset\": \"0x2c - 0x10\"}]");
    assertThat(ask()).containsExactly(new OffsetFile.Range("f", 0x10, 0x2c));
  }

  @Test
  void noCheckoutIsSaid() throws Exception {
    assertThat(ask()).isEmpty();
    assertThat(said).singleElement().asString().contains("no linux-analysis checkout");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo 'no bitcode' >&2; exit 3|exit code 3 for my_const: no bitcode",
        "true|left no *.func_offset.json",
        "rm -r dataset|left no *.func_offset.json",
        "echo '[{' >\"dataset/$name/1.func_offset.json\"|is no JSON (line",
        ": >\"dataset/$name/1.func_offset.json\"|is empty",
        "echo '[]' >\"dataset/$name/1.func_offset.json\"|no usable range",
      })
  void failuresAreSaidAndEndInNothing(String rest, String sentence) throws Exception {
    script(rest);
    assertThat(ask()).isEmpty();
    assertThat(said).first().asString().contains(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"function\": \"f\"}",
        "{\"offset\": \"0x1 - 0x2\"}",
        "{\"function\": \"f\", \"offset\": \"16 to 20\"}",
        "{\"function\": \"f\", \"offset\": \"0x1\"}",
        "{\"function\": \"f\", \"offset\": 7}",
        "{\"function\": \"f g\", \"offset\": \"0x1 - 0x2\"}",
        "{\"function\": \"f\", \"offset\": \"0x1ffffffff - 0x2\"}",
      })
  void entriesThatAreNoneAreLeftOutAndSaid(String entry) throws Exception {
    answers("[" + entry + ", {\"function\": \"g\", \"offset\": \"0x4 - 0x8\"}]");
    assertThat(ask()).containsExactly(new OffsetFile.Range("g", 4, 8));
    assertThat(said).singleElement().asString().contains("left out");
  }

  @Test
  void whatAFailedRunLeftBehindIsNotRead() throws Exception {
    answers("[{\"function\": \"f\", \"offset\": \"0x1 - 0x2\"}]");
    assertThat(ask()).hasSize(1);
    script("exit 1");
    assertThat(ask()).isEmpty();
  }

  @Test
  void aScriptThatHangsIsEnded() throws Exception {
    script("sleep 600");
    List<OffsetFile.Range> ranges =
        new LinuxAnalysis(project, Map.of(), Duration.ofSeconds(2), said::add).spans("my_const");
    assertThat(ranges).isEmpty();
    assertThat(said).singleElement().asString().contains("did not end within 2 s");
  }
}

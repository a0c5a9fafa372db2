// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.testbed.TestbedCommand.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterOptionsTest {

  @TempDir Path folder;

  @Test
  void imagesAndDiskComeFromTheEnvironment() throws Exception {
    Path disk = Files.createFile(folder.resolve("disk"));
    var environment =
        Map.of(
            "KERNELX_TESTBED_IMAGES",
            "/a/operator.tar:/a/agent.tar",
            "KERNELX_TESTBED_NODE_DISK",
            disk.toString(),
            "KERNELX_TESTBED_NODE_CACHE",
            folder.toString());
    assertThat(ClusterExtension.options(true, environment))
        .containsExactly(
            "--image",
            "/a/operator.tar",
            "--image",
            "/a/agent.tar",
            "--node-disk",
            disk.toString(),
            "--node-cache",
            folder.toString());
    assertThat(ClusterExtension.options(false, environment)).containsExactly("--nodes", "none");
    assertThat(ClusterExtension.options(true, Map.of())).isEmpty();
  }

  @Test
  void aFailedStartSaysTheBedsOwnWords() {
    TestbedCommand broken = (arguments, limit) -> new Outcome(1, "", "testbed: etcd: ended\n");
    assertThatThrownBy(() -> Cluster.start("x", broken, List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("testbed: etcd: ended");
  }

  @Test
  void aNodesCommandIsPassedOnWordByWord() {
    List<List<String>> seen = new ArrayList<>();
    TestbedCommand fake =
        (arguments, limit) -> {
          seen.add(arguments);
          return new Outcome(0, " 6.12 \n", "");
        };
    var node = new ClusterNode("node-amd64", "bed", fake);
    assertThat(node.shell("uname -r")).isEqualTo("6.12");
    assertThat(seen)
        .containsExactly(List.of("exec", "--name", "bed", "node-amd64", "sh", "-c", "uname -r"));
  }

  @Test
  void aCommandThatDoesNotEndIsEnded() throws Exception {
    Path script = Files.writeString(folder.resolve("slow"), "#!/bin/sh\nexec sleep 60\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(
            () -> new TestbedScript(script, Map.of()).run(List.of(), Duration.ofMillis(200)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("did not end");
  }
}

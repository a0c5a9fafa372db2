// SPDX-License-Identifier: Apache-2.0
package io.kernelx.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beds come and go: beside each other, broken off, with parts that do not start. */
@Tag("cluster")
class BedLifeTest {

  private static final List<String> NO_NODES = List.of("--nodes", "none");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Path script = TestbedScript.ofThisCheckout();
  private final TestbedCommand testbed = new TestbedScript(script, Map.of());

  @TempDir Path folder;

  @Test
  void aSecondBedStandsBesideTheFirstAndLeavesNothing() throws IOException {
    String first = name("one");
    String second = name("two");
    List<String> namespaces;
    try (Cluster one = Cluster.start(first, testbed, NO_NODES)) {
      try (Cluster two = Cluster.start(second, testbed, NO_NODES)) {
        namespaces = Leftovers.namespaces(two.logs().getParent());
        two.kubectl("create", "namespace", "only-here");
        assertThat(one.kubectl("get", "namespaces", "-o", "name")).doesNotContain("only-here");
        assertThat(two.client().namespaces().withName("only-here").get()).isNotNull();
        assertThat(Leftovers.of(second, namespaces)).isNotEmpty();
      }
      assertThat(Leftovers.of(second, namespaces)).isEmpty();
      assertThat(one.client().namespaces().withName("default").get()).isNotNull();
    }
    assertThat(Leftovers.of(first, List.of())).isEmpty();
  }

  @Test
  void aNodeThatDoesNotBootIsSaidWithItsLogAndUnwound() throws IOException {
    String bed = name("broken");
    Path kernel = Files.write(folder.resolve("vmlinuz"), new byte[100_000]);
    var broken = new TestbedScript(script, Map.of("KERNELX_TESTBED_VMLINUZ", kernel.toString()));
    var outcome = broken.run(List.of("up", "--name", bed, "--nodes", "amd64"), LIMIT);
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.err())
        .contains("last lines of", "node-amd64.log")
        .contains("testbed: node-amd64: its virtual machine ended");
    assertThat(Leftovers.of(bed, List.of())).isEmpty();
  }

  @Test
  void aBrokenOffStartIsUnwound() throws Exception {
    String bed = name("cut");
    Process up =
        new ProcessBuilder(script.toString(), "up", "--name", bed, "--nodes", "amd64")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    Path state = Leftovers.state(bed);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!Files.exists(state.resolve("pids/etcd"))) {
      assertThat(up.isAlive() && System.nanoTime() < deadline).as("etcd was started").isTrue();
      Thread.sleep(100);
    }
    List<String> namespaces = Leftovers.namespaces(state);
    up.destroy();
    assertThat(up.waitFor()).isEqualTo(143);
    assertThat(Leftovers.of(bed, namespaces)).isEmpty();
  }

  @Test
  void aBedEndsWithTheProcessThatItWasStartedFor() throws Exception {
    String bed = name("orphan");
    Process owner = new ProcessBuilder("sleep", "600").start();
    testbed
        .run(
            List.of("up", "--name", bed, "--nodes", "none", "--while", Long.toString(owner.pid())),
            LIMIT)
        .orFail();
    assertThat(Leftovers.of(bed, List.of())).isNotEmpty();
    owner.destroyForcibly().waitFor();
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (!Leftovers.of(bed, List.of()).isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(500);
    }
    assertThat(Leftovers.of(bed, List.of())).isEmpty();
  }

  @Test
  void badOptionsAreAnsweredWithoutStartingAnything() throws IOException {
    String bed = name("bad");
    var outcome = testbed.run(List.of("up", "--name", bed, "--nodes", "arm64"), LIMIT);
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.err()).contains("'arm64' is no kernel of this bed").contains("cloud-amd64");
    assertThat(Leftovers.of(bed, List.of())).isEmpty();
  }

  private static String name(String kind) {
    return kind + "-" + ProcessHandle.current().pid();
  }
}

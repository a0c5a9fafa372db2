// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedirectedFunctionsTest {
  @TempDir private Path sys;

  @Test
  void tracedIsNotRedirected() throws IOException {
    Path tracing = Files.createDirectories(sys.resolve("kernel/tracing"));
    Files.writeString(
        tracing.resolve("enabled_functions"),
        """
        traced (1) R             \ttramp: 0xffffffffc0402000 (kprobe_ftrace_handler+0x0/0x1b0)
        moved (1) R I   M \ttramp: 0xffffffffc0402000 (klp_ftrace_handler+0x0/0x2a0)
        direct (1)   D    M \tdirect(jmp)-->bpf_trampoline+0x0
        """);
    assertThat(new RedirectedFunctions(sys).among(Set.of("traced", "moved", "direct")))
        .containsExactlyInAnyOrder("moved", "direct");
  }

  @Test
  void livepatchedIs() throws IOException {
    Files.createDirectories(sys.resolve("kernel/livepatch/fix/vmlinux/handle_softirqs,1"));
    Files.createDirectories(sys.resolve("kernel/livepatch/fix/vmlinux/other,1"));
    assertThat(new RedirectedFunctions(sys).among(Set.of("handle_softirqs")))
        .containsExactly("handle_softirqs");
  }

  @Test
  void aKernelWithoutEitherHasNone() throws IOException {
    assertThat(new RedirectedFunctions(sys).among(Set.of("f"))).isEmpty();
  }
}

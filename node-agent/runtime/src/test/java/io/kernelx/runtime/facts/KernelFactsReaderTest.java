// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFactsReaderTest {
  @TempDir private Path root;
  private RuntimePaths paths;

  @BeforeEach
  void aMachineThatCanLoad() throws IOException {
    write("proc/sys/kernel/osrelease", "6.12.117+deb12-amd64\n");
    write("proc/sys/kernel/arch", "x86_64\n");
    write("proc/sys/kernel/random/boot_id", "3a933da3-53d3-45fd-a49c-dffdba24836f\n");
    write(
        "proc/version",
        "Linux version 6.12.117+deb12-amd64 (debian-kernel@lists.debian.org)"
            + " (x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils"
            + " for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-14)\n");
    write("proc/kcore", "");
    write("proc/self/mounts", "bpf " + root + "/sys/fs/bpf bpf rw 0 0\n");
    write("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    write("sys/module/module/parameters/sig_enforce", "N\n");
    write("sys/kernel/btf/vmlinux", "");
    write("sys/bus/event_source/devices/kprobe/type", "8\n");
    write("sys/kernel/debug/kprobes/enabled", "1\n");
    Files.write(root.resolve("sys/kernel/notes"), notes(3, new byte[] {0x12, (byte) 0xab}));
    RuntimePaths usual = RuntimePaths.standard(root, root);
    paths =
        new RuntimePaths(
            root.resolve("proc"),
            root.resolve("sys"),
            usual.pins(),
            usual.device(),
            usual.tables(),
            usual.modules(),
            usual.cache(),
            usual.moduleSources(),
            usual.bpfInclude(),
            usual.clang(),
            usual.make(),
            usual.libbpf());
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static byte[] notes(int type, byte[] id) {
    return ByteBuffer.allocate(20 + id.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(4)
        .putInt(id.length)
        .putInt(type)
        .put(new byte[] {'G', 'N', 'U', 0})
        .put(id)
        .array();
  }

  private KernelFacts facts() {
    return new KernelFactsReader(paths).read();
  }

  @Test
  void readsWhatTheKernelSays() {
    KernelFacts facts = facts();
    assertThat(facts.release()).isEqualTo("6.12.117+deb12-amd64");
    assertThat(facts.bootId()).isEqualTo("3a933da3-53d3-45fd-a49c-dffdba24836f");
    assertThat(facts.buildId()).isEqualTo("12ab");
    assertThat(facts.compiler())
        .isEqualTo("x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0");
    assertThat(facts.lockdown()).isEqualTo("none");
    assertThat(facts.missing()).isEmpty();
    assertThat(facts.canLoad()).isTrue();
  }

  @Test
  void lockdownIsSaid() throws IOException {
    write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    assertThat(facts().lockdown()).isEqualTo("integrity");
    assertThat(facts().missing()).singleElement().asString().contains("locked down (integrity)");
  }

  @Test
  void demandForSignaturesIsSaid() throws IOException {
    write("sys/module/module/parameters/sig_enforce", "Y\n");
    assertThat(facts().missing()).singleElement().asString().contains("module.sig_enforce");
  }

  @Test
  void aKernelThatTakesNoMoreModulesIsSaidUnlessItHasOurs() throws IOException {
    write("proc/sys/kernel/modules_disabled", "1\n");
    assertThat(facts().missing())
        .singleElement()
        .asString()
        .contains("kernel.modules_disabled = 1", "reboot");
    write("sys/module/xk_kfuncs/refcnt", "0\n");
    assertThat(facts().missing()).isEmpty();
  }

  @Test
  void whatIsMissingIsSaidOneByOne() throws IOException {
    Files.delete(root.resolve("sys/kernel/btf/vmlinux"));
    write("proc/self/mounts", "");
    write("sys/kernel/debug/kprobes/enabled", "0\n");
    assertThat(facts().missing())
        .satisfiesExactly(
            m -> assertThat(m).contains("bpffs is not mounted"),
            m -> assertThat(m).contains("kprobes are switched off"));
  }

  @Test
  void aKernelWithoutTypesCanDoWithoutBpf() throws IOException {
    Files.delete(root.resolve("sys/kernel/btf/vmlinux"));
    assertThat(facts().missing()).isEmpty();
    assertThat(facts().withoutBpf()).singleElement().asString().contains("BTF");
  }

  @Test
  void anotherArchitectureAndAnOldKernelAreSaid() throws IOException {
    write("proc/sys/kernel/arch", "aarch64\n");
    write("proc/sys/kernel/osrelease", "6.1.0-40-arm64\n");
    assertThat(facts().missing()).satisfiesExactly(m -> assertThat(m).contains("aarch64"));
    assertThat(facts().withoutBpf()).satisfiesExactly(m -> assertThat(m).contains("6.12"));
  }

  @Test
  void releasesAreOrderedByNumber() {
    assertThat(KernelFactsReader.before("6.1.0", 6, 2)).isTrue();
    assertThat(KernelFactsReader.before("5.19", 6, 2)).isTrue();
    assertThat(KernelFactsReader.before("6.12.1", 6, 2)).isFalse();
    assertThat(KernelFactsReader.before("7.0", 6, 2)).isFalse();
  }

  @Test
  void otherNotesHaveNoBuildId() {
    assertThat(ElfNotes.buildId(notes(1, new byte[4]))).isEmpty();
    assertThat(ElfNotes.buildId(new byte[0])).isEmpty();
  }

  @Test
  void damagedNotesYieldNothingOrSomethingButNeverFail() {
    Random random = new Random(7);
    byte[] good = notes(3, new byte[20]);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(6); n >= 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      ElfNotes.buildId(java.util.Arrays.copyOf(bad, random.nextInt(bad.length + 1)));
    }
  }
}

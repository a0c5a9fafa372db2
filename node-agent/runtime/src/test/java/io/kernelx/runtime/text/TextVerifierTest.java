// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.live.PlanBuilder;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedFunction.SymbolKind;
import io.kernelx.sie.plan.TunablePlan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A function of 32 bytes at 0x1000: a call at 0x0, a load at 0x8, the probed instruction at 0x10 (5
 * bytes), a mov of an absolute address at 0x18.
 */
class TextVerifierTest {
  private static final long BASE = 0xffffffff81000000L;
  private static final long FUNCTION = BASE + 0x1000;
  private static final String TEXT =
      "e800000000909090" + "488b050000000090" + "bd0a00000090c390" + "48c7c00000000090";

  private final byte[] memory = new byte[0x3000];

  private final LiveMemory live =
      new LiveMemory() {
        @Override
        public byte[] read(long address, int length) throws IOException {
          long at = address - BASE;
          if (at < 0 || at + length > memory.length) {
            throw new IOException("nothing there");
          }
          return Arrays.copyOfRange(memory, (int) at, (int) at + length);
        }

        @Override
        public void close() {}
      };

  private static final List<Relocation> RELOCATIONS =
      List.of(
          new Relocation(1, "R_X86_64_PLT32", "callee", SymbolKind.GLOBAL, -4),
          new Relocation(11, "R_X86_64_PC32", "counter", SymbolKind.LOCAL, -4),
          new Relocation(27, "R_X86_64_32S", ".data", SymbolKind.SECTION, 0x20));

  private static final String SYMBOLS =
      """
      ffffffff81001000 t probed
      ffffffff81002000 T callee
      ffffffff81002100 d counter
      """;

  private void put(long address, String text) {
    byte[] bytes = HexFormat.of().parseHex(text);
    System.arraycopy(bytes, 0, memory, (int) (address - BASE), bytes.length);
  }

  private void field(long address, long value) {
    ByteBuffer.wrap(memory)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) (address - BASE), (int) value);
  }

  private void link(long function) {
    put(function, TEXT);
    field(function + 1, BASE + 0x2000 - 4 - (function + 1));
    field(function + 11, BASE + 0x2100 - 4 - (function + 11));
    field(function + 27, BASE + 0x2800 + 0x20);
  }

  private static PlanBuilder plan() {
    return new PlanBuilder()
        .function("probed", TEXT, RELOCATIONS, List.of())
        .site(0x10, "bd0a000000", 0x10, 0x15);
  }

  private VerifiedText verify(TunablePlan plan, String symbols, Set<Long> probes)
      throws RuntimeRefusedException, IOException {
    return new TextVerifier(live)
        .verify(
            plan,
            KernelSymbols.read(
                new ByteArrayInputStream(symbols.getBytes(StandardCharsets.UTF_8)),
                TextVerifier.names(plan)),
            probes);
  }

  @Test
  void theLinkedTextIsTheCompiledText() throws Exception {
    link(FUNCTION);
    VerifiedText text = verify(plan().build(), SYMBOLS, Set.of());
    assertThat(text.addresses()).containsEntry("unit.c:probed", FUNCTION);
    assertThat(text.coverage().bytes()).isEqualTo(32);
    assertThat(text.coverage().maskedByPatchSites()).isZero();
    assertThat(text.coverage().maskedByRelocations()).as("the section's base").isEqualTo(4);
  }

  @Test
  void everyOtherByteCounts() throws Exception {
    for (int i = 0; i < TEXT.length() / 2; i++) {
      link(FUNCTION);
      memory[0x1000 + i] ^= 0x40;
      if (i >= 27 && i < 31) {
        verify(plan().build(), SYMBOLS, Set.of());
      } else {
        assertThatThrownBy(() -> verify(plan().build(), SYMBOLS, Set.of()))
            .as("byte " + i)
            .isInstanceOf(RuntimeRefusedException.class)
            .hasMessageContaining("probed is not what the plan's compiler made");
      }
    }
  }

  @Test
  void aSymbolThatIsNotToldMustBeTheSameEverywhere() throws Exception {
    List<Relocation> twice =
        List.of(
            RELOCATIONS.get(0),
            new Relocation(11, "R_X86_64_PC32", ".data", SymbolKind.SECTION, 0x10 - 4),
            RELOCATIONS.get(2));
    TunablePlan plan =
        new PlanBuilder()
            .function("probed", TEXT, twice, List.of())
            .site(0x10, "bd0a000000", 0x10, 0x15)
            .build();
    link(FUNCTION);
    field(FUNCTION + 11, BASE + 0x2800 + 0x10 - 4 - (FUNCTION + 11));
    assertThat(verify(plan, SYMBOLS, Set.of()).coverage().maskedByRelocations()).isEqualTo(4);
    field(FUNCTION + 27, BASE + 0x2804 + 0x20);
    assertThatThrownBy(() -> verify(plan, SYMBOLS, Set.of())).hasMessageContaining("+0x1b");
  }

  @Test
  void mergedStringsAreMaskedOneByOne() throws Exception {
    List<Relocation> strings =
        List.of(
            RELOCATIONS.get(0),
            new Relocation(11, "R_X86_64_32S", ".rodata.str1.1", SymbolKind.SECTION, 0),
            new Relocation(27, "R_X86_64_32S", ".rodata.str1.1", SymbolKind.SECTION, 9));
    TunablePlan plan =
        new PlanBuilder()
            .function("probed", TEXT, strings, List.of())
            .site(0x10, "bd0a000000", 0x10, 0x15)
            .build();
    link(FUNCTION);
    assertThat(verify(plan, SYMBOLS, Set.of()).coverage().maskedByRelocations()).isEqualTo(8);
  }

  @Test
  void patchedPlacesAreMaskedAndCounted() throws Exception {
    link(FUNCTION);
    put(FUNCTION, "0f1f440000");
    TunablePlan plan =
        new PlanBuilder()
            .function("probed", TEXT, RELOCATIONS, List.of(new PatchSite(0, 5, "__mcount_loc")))
            .site(0x10, "bd0a000000", 0x10, 0x15)
            .build();
    assertThat(verify(plan, SYMBOLS, Set.of()).coverage().maskedByPatchSites()).isEqualTo(5);
  }

  @Test
  void aPatchedPlaceInsideASpanMustBeAsCompiled() throws Exception {
    TunablePlan plan =
        new PlanBuilder()
            .function("probed", TEXT, RELOCATIONS, List.of(new PatchSite(0x10, 5, "__jump_table")))
            .site(0x10, "bd0a000000", 0x10, 0x15)
            .build();
    link(FUNCTION);
    verify(plan, SYMBOLS, Set.of());
    put(FUNCTION + 0x10, "0f1f440000");
    assertThatThrownBy(() -> verify(plan, SYMBOLS, Set.of())).hasMessageContaining("+0x10");
  }

  @Test
  void ourOwnProbesAreMaskedAndNobodyElses() throws Exception {
    Set<Long> ours = Set.of(FUNCTION + 0x10);
    link(FUNCTION);
    put(FUNCTION + 0x10, "cc");
    verify(plan().build(), SYMBOLS, ours);
    assertThatThrownBy(() -> verify(plan().build(), SYMBOLS, Set.of()))
        .hasMessageContaining("somebody else's probe");
    put(FUNCTION + 0x10, "e911223344");
    verify(plan().build(), SYMBOLS, ours);
    put(FUNCTION + 0x15, "91");
    assertThatThrownBy(() -> verify(plan().build(), SYMBOLS, ours)).hasMessageContaining("+0x15");
  }

  @Test
  void aProbeIsArmedByItsFirstByte() throws Exception {
    link(FUNCTION);
    TextVerifier verifier = new TextVerifier(live);
    long site = FUNCTION + 0x10;
    assertThat(verifier.unarmed(Set.of(site))).containsExactly(site);
    put(site, "cc");
    assertThat(verifier.unarmed(Set.of(site))).isEmpty();
  }

  @Test
  void duplicatesAreToldApartByText() throws Exception {
    long other = BASE + 0x1800;
    String symbols = SYMBOLS + "ffffffff81001800 t probed\n";
    link(FUNCTION);
    link(other);
    put(FUNCTION + 5, "91");
    assertThat(verify(plan().build(), symbols, Set.of()).addresses())
        .containsEntry("unit.c:probed", other);
  }

  @Test
  void equalDuplicatesCannotBeToldApart() {
    link(FUNCTION);
    link(BASE + 0x1800);
    assertThatThrownBy(
            () -> verify(plan().build(), SYMBOLS + "ffffffff81001800 t probed\n", Set.of()))
        .hasMessageContaining("cannot be told apart");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> verify(plan().build(), "", Set.of()))
        .hasMessageContaining("has no function probed");
    assertThatThrownBy(() -> verify(plan().build(), "ffffffff80000000 t probed\n", Set.of()))
        .hasMessageContaining("cannot be read from /proc/kcore");
  }

  @Test
  void relocationsThatAreNotKnownAreRefused() {
    link(FUNCTION);
    TunablePlan plan =
        new PlanBuilder()
            .function(
                "probed",
                TEXT,
                List.of(new Relocation(1, "R_X86_64_TPOFF32", "x", SymbolKind.GLOBAL, 0)),
                List.of())
            .site(0x10, "bd0a000000", 0x10, 0x15)
            .build();
    assertThatThrownBy(() -> verify(plan, SYMBOLS, Set.of()))
        .isInstanceOfSatisfying(
            RuntimeRefusedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.LIVE_TEXT_MISMATCH))
        .hasMessageContaining("R_X86_64_TPOFF32");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.live.PlanBuilder;
import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedFunction.SymbolKind;
import io.kernelx.sie.plan.TunablePlan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A function that gcc made with the kernel's options, linked as a kernel has it, with every bit of
 * its text flipped in turn: a flip is found and its place named, or the byte is one that may differ
 * for a reason that the architecture page gives.
 */
class CompiledTextTest {
  private static final long FUNCTION = 0xffffffff81001000L;
  private static final long DATA = 0xffffffff82000000L;
  private static final int APART = 0x10000;

  /** By which of its tables the kernel patches itself; nothing else may be masked. */
  private static final Set<String> TABLES =
      Set.of(
          "__mcount_loc",
          ".altinstructions",
          ".return_sites",
          ".retpoline_sites",
          ".call_sites",
          ".ibt_endbr_seal",
          "__jump_table",
          ".static_call_sites",
          ".smp_locks");

  private static final List<String> COMPILER =
      List.of(
          "gcc",
          "-O2",
          "-w",
          "-fno-PIE",
          "-mcmodel=kernel",
          "-mno-sse",
          "-mno-red-zone",
          "-fcf-protection=branch",
          "-mindirect-branch=thunk-extern",
          "-mindirect-branch-register",
          "-mfunction-return=thunk-extern",
          "-pg",
          "-mfentry",
          "-mrecord-mcount",
          "-fno-asynchronous-unwind-tables",
          "-fno-stack-protector");

  private static final String SOURCE =
      """
      extern int _printk(const char *, ...), known(int, int), __SCT__hook(int);
      extern long shared[64];
      extern int (*operation)(int);
      extern struct key { int enabled; } key;
      static long hidden[64];
      static long counter;
      static inline __attribute__((always_inline)) _Bool traced(void) {
        asm goto("1: .byte 0x0f, 0x1f, 0x44, 0x00, 0x00\\n"
                 ".pushsection __jump_table, \\"aw\\"\\n.balign 8\\n"
                 ".long 1b - ., %l[yes] - .\\n.quad key - .\\n.popsection" : : : : yes);
        return 0;
      yes:
        return 1;
      }
      long probed(int a, unsigned long b) {
        long n = known(a, 10);
        if (traced())
          _printk("a is %d\\n", a);
        asm volatile("661: nop; nop; nop\\n662:\\n"
                     ".pushsection .altinstructions, \\"a\\"\\n"
                     ".long 661b - ., 663f - .\\n.4byte 9 * 32\\n.byte 662b - 661b, 3\\n.popsection\\n"
                     ".pushsection .altinstr_replacement, \\"ax\\"\\n663: lfence\\n.popsection");
        asm volatile(".pushsection .smp_locks, \\"a\\"\\n.balign 4\\n.long 671f - .\\n.popsection\\n"
                     "671: lock incq %0" : "+m"(shared[1]));
        counter += hidden[b & 63] + operation(a) * shared[b & 63] + __SCT__hook(a);
        hidden[b & 63] = n;
        return n > 100 ? counter : n + b;
      }
      """;

  @TempDir Path folder;
  private ObjectFunction function;
  private TunablePlan plan;
  private KernelSymbols symbols;
  private byte[] live;
  private final Set<String> told = new HashSet<>();

  @BeforeEach
  void link() throws Exception {
    function = new ObjectReader(new Decoder()).read(compiled()).function("probed").orElseThrow();
    Instruction probed =
        (Instruction)
            new Decoder()
                .decodeAll(function.text()).stream()
                    .filter(d -> d instanceof Instruction i && i.bytes().hex().equals("be0a000000"))
                    .findFirst()
                    .orElseThrow();
    plan =
        new PlanBuilder()
            .function(
                "probed", function.text().hex(), function.relocations(), function.patchSites())
            .site(probed.end(), bytesAfter(probed), probed.offset(), probed.end())
            .build();
    Map<String, Long> addresses = new HashMap<>();
    for (Relocation r : function.relocations()) {
      addresses.computeIfAbsent(r.symbol(), _ -> DATA + APART * (long) (addresses.size() + 1));
      if (r.symbolKind() != SymbolKind.SECTION && !r.symbol().equals("hidden")) {
        told.add(r.symbol());
      }
    }
    live = function.text().toArray();
    function.relocations().forEach(r -> put(r, addresses.get(r.symbol())));
    String kallsyms =
        told.stream()
            .map(s -> "%x D %s\n".formatted(addresses.get(s), s))
            .collect(Collectors.joining("", "%x T probed\n".formatted(FUNCTION), ""));
    symbols =
        KernelSymbols.read(
            new ByteArrayInputStream(kallsyms.getBytes(StandardCharsets.UTF_8)),
            TextVerifier.names(plan));
  }

  private Bytes compiled() throws IOException, InterruptedException {
    Path object = folder.resolve("unit.o");
    Path source = Files.writeString(folder.resolve("unit.c"), SOURCE);
    List<String> words = new java.util.ArrayList<>(COMPILER);
    words.addAll(List.of("-c", source.toString(), "-o", object.toString()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return Bytes.of(Files.readAllBytes(object));
  }

  private String bytesAfter(Instruction instruction) {
    return new Decoder()
        .decodeAll(function.text()).stream()
            .filter(d -> d instanceof Instruction i && i.offset() == instruction.end())
            .map(d -> ((Instruction) d).bytes().hex())
            .findFirst()
            .orElseThrow();
  }

  /** What the linker does, written down once more. */
  private void put(Relocation r, long symbol) {
    ByteBuffer text = ByteBuffer.wrap(live).order(ByteOrder.LITTLE_ENDIAN);
    switch (r.type()) {
      case "R_X86_64_PC32", "R_X86_64_PLT32" ->
          text.putInt(r.offset(), (int) (symbol + r.addend() - FUNCTION - r.offset()));
      case "R_X86_64_32S" -> text.putInt(r.offset(), (int) (symbol + r.addend()));
      default -> throw new AssertionError(r.type());
    }
  }

  private VerifiedText verify() throws RuntimeRefusedException {
    LiveMemory memory =
        new LiveMemory() {
          @Override
          public byte[] read(long address, int length) {
            int from = (int) (address - FUNCTION);
            return Arrays.copyOfRange(live, from, from + length);
          }

          @Override
          public void close() {}
        };
    return new TextVerifier(memory).verify(plan, symbols, Set.of());
  }

  /** The table by which the kernel itself may change a byte. */
  private Optional<String> table(int at) {
    boolean strict =
        plan.sites().stream()
            .anyMatch(
                s ->
                    at >= s.spanStart() && at < s.spanEnd()
                        || at >= s.offset() && at < s.offset() + s.expected().length() / 2);
    return strict
        ? Optional.empty()
        : function.patchSites().stream()
            .filter(p -> at >= p.offset() && at < p.offset() + p.length())
            .map(PatchSite::table)
            .findFirst();
  }

  /** Where a byte belongs to a reference to something whose address kallsyms does not tell. */
  private Optional<Relocation> untold(int at) {
    return function.relocations().stream()
        .filter(r -> at >= r.offset() && at < r.offset() + 4 && !told.contains(r.symbol()))
        .findFirst();
  }

  private List<Relocation> others(Relocation untold) {
    return function.relocations().stream()
        .filter(r -> r.symbol().equals(untold.symbol()) && r.offset() != untold.offset())
        .filter(r -> table(r.offset()).isEmpty())
        .filter(r -> !r.symbol().startsWith(".rodata.str"))
        .toList();
  }

  @Test
  void everyFlippedBitIsFoundAndNamedUnlessThereIsAReason() throws Exception {
    verify();
    Set<String> reasons = new HashSet<>();
    int masked = 0;
    for (int at = 0; at < live.length; at++) {
      Optional<String> table = table(at);
      Optional<Relocation> untold = table.isPresent() ? Optional.empty() : untold(at);
      boolean alone = untold.isPresent() && others(untold.get()).isEmpty();
      boolean first =
          untold.isPresent()
              && others(untold.get()).stream().allMatch(r -> r.offset() > untold.get().offset());
      table.ifPresent(reasons::add);
      untold.ifPresent(r -> reasons.add(r.symbol()));
      masked += table.isPresent() || first ? 1 : 0;
      for (int bit = 0; bit < 8; bit++) {
        live[at] ^= (byte) (1 << bit);
        RuntimeRefusedException refused =
            catchThrowableOfType(RuntimeRefusedException.class, this::verify);
        live[at] ^= (byte) (1 << bit);
        if (table.isPresent() || alone) {
          assertThat(refused).as("byte 0x%x may differ", at).isNull();
        } else {
          assertThat(refused).as("byte 0x%x, bit %d is not seen", at, bit).isNotNull();
          assertThat(refused.reason()).isEqualTo(RuntimeRefusedException.Reason.LIVE_TEXT_MISMATCH);
          assertThat(refused)
              .hasMessageContaining("The running kernel's probed is not what")
              .hasMessageMatching(
                  first ? ".* at \\+0x[0-9a-f]+ where .*" : ".* at \\+0x%x where .*".formatted(at));
        }
      }
    }
    var coverage = verify().coverage();
    assertThat(coverage.bytes()).isEqualTo(live.length);
    assertThat(coverage.maskedByPatchSites() + coverage.maskedByRelocations()).isEqualTo(masked);
    assertThat(masked).isLessThan(live.length / 2);
    reasons.removeIf(r -> r.startsWith(".rodata.str") || r.equals("hidden") || r.equals(".bss"));
    assertThat(reasons)
        .as("the source has a place for each table")
        .containsExactlyInAnyOrderElementsOf(TABLES);
  }
}

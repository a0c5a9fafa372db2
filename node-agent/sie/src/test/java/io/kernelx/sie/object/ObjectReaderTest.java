// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.object.ObjectFunction.Edge;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedFunction.SymbolKind;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObjectReaderTest {
  private static final String UNIT =
      """
      extern int other(const char *);
      extern void sink(void *);
      static int counter;
      static __attribute__((noinline)) int helper(int x) { counter += x; return other("text"); }
      int call_helper(int x) { return helper(x) + 1; }
      int tail(int x) { return helper(x); }
      void indirect(void (*f)(void)) { f(); f(); }
      int keyed(void)
      {
        asm goto("1: .byte 0x0f,0x1f,0x44,0,0\\n\\t"
                 ".pushsection __jump_table, \\\"aw\\\"\\n\\t.balign 8\\n\\t"
                 ".long 1b - .\\n\\t.long %l[yes] - .\\n\\t.quad 0\\n\\t.popsection"
                 : : : : yes);
        return 1;
      yes:
        return other("yes");
      }
      int locked(int *p) { asm volatile(".pushsection .smp_locks,\\\"a\\\"\\n.long 1f - .\\n.popsection\\n1: lock incl %0" : "+m"(*p)); return 0; }
      __attribute__((section(".init.text"))) int setup(void) { return other("init"); }
      int unlikely_part(int x) { if (__builtin_expect(x == 77, 0)) { other("a"); __builtin_trap(); } return x; }
      int table[4] = { 1, 2, 3, 4 };
      int (*hook)(int) = call_helper;
      """;

  private final ObjectReader reader = new ObjectReader(new Decoder());
  private final CodeObject object = reader.read(CompiledC.compile(UNIT));

  private ObjectFunction function(String name) {
    return object.function(name).orElseThrow();
  }

  private static List<String> tables(ObjectFunction function) {
    return function.patchSites().stream().map(PatchSite::table).toList();
  }

  @Test
  void functionsThatAreClosedToProbesAreKnown() {
    CodeObject o =
        reader.read(
            CompiledC.compile(
                """
                int open(int x) { return x + 1; }
                int closed(int x) { return x + 2; }
                static unsigned long entry
                    __attribute__((used, section("_kprobe_blacklist"))) = (unsigned long)closed;
                __attribute__((section(".noinstr.text"))) int quiet(int x) { return x + 3; }
                int part(int x) __asm__("closed.part.0");
                int part(int x) { return x + 4; }
                __attribute__((no_instrument_function)) int untraced(int x) { return x + 5; }
                int cold(int x) __asm__("open.cold");
                __attribute__((no_instrument_function)) int cold(int x) { return x + 6; }
                """));
    assertThat(o.functions())
        .filteredOn(f -> !f.probeable())
        .extracting(ObjectFunction::name)
        .containsExactlyInAnyOrder("closed", "quiet", "closed.part.0", "untraced");
  }

  @Test
  void everyFunctionIsThereWithItsOutOfLinePart() {
    assertThat(object.functions())
        .extracting(ObjectFunction::name)
        .contains("helper", "call_helper", "setup", "unlikely_part");
    assertThat(function("helper").global()).isFalse();
    assertThat(function("call_helper").global()).isTrue();
    assertThat(function("setup").init()).isTrue();
    assertThat(function("tail").init()).isFalse();
  }

  @Test
  void referencesNameTheSymbolNotTheSection() {
    assertThat(function("helper").relocations())
        .filteredOn(r -> r.symbol().equals("counter"))
        .singleElement()
        .satisfies(r -> assertThat(r.symbolKind()).isEqualTo(SymbolKind.LOCAL));
    assertThat(function("helper").relocations())
        .filteredOn(r -> r.symbol().equals("other"))
        .extracting(Relocation::symbolKind)
        .containsExactly(SymbolKind.GLOBAL);
    assertThat(function("helper").relocations())
        .filteredOn(r -> r.symbol().startsWith(".rodata.str"))
        .extracting(Relocation::symbolKind)
        .containsExactly(SymbolKind.SECTION);
  }

  @Test
  void callsWithoutRelocationAreKnownByName() {
    assertThat(function("call_helper").localTargets())
        .singleElement()
        .satisfies(t -> assertThat(t.symbol()).isEqualTo("helper"))
        .satisfies(t -> assertThat(t.addend()).isZero());
  }

  @Test
  void selfPatchedPlacesAreListedWithoutObjtool() {
    assertThat(tables(function("call_helper")))
        .containsExactly(".ibt_endbr_seal", "__mcount_loc", ".call_sites", ".return_sites");
    assertThat(tables(function("indirect"))).contains(".retpoline_sites");
    assertThat(tables(function("keyed"))).contains("__jump_table");
    assertThat(function("locked").patchSites())
        .filteredOn(p -> p.table().equals(".smp_locks"))
        .extracting(PatchSite::length)
        .containsExactly(1);
    assertThat(function("call_helper").patchSites())
        .filteredOn(p -> p.table().equals("__mcount_loc"))
        .containsExactly(new PatchSite(4, 5, "__mcount_loc"));
  }

  @Test
  void staticKeysAreEdges() {
    ObjectFunction keyed = function("keyed");
    assertThat(keyed.edges()).singleElement().extracting(Edge::table).isEqualTo("__jump_table");
    Edge edge = keyed.edges().get(0);
    assertThat(keyed.text().at(edge.from())).isEqualTo(0x0f);
    assertThat(edge.to()).isPresent();
    assertThat(edge.to().orElseThrow()).isGreaterThan(edge.from());
  }

  @Test
  void dataIsComparableAndNamesWhatItPointsTo() {
    DataSection data =
        object.data().stream().filter(d -> d.name().equals(".data")).findFirst().orElseThrow();
    assertThat(data.writable()).isTrue();
    assertThat(data.references()).extracting(DataSection.Reference::target).contains("call_helper");
    assertThat(object.symbols()).extracting(DataSymbol::name).contains("table", "hook", "counter");
  }

  @Test
  void plansCarryTheBytesAsTheyStand() {
    PlannedFunction planned = function("helper").planned("a/b.c", "vmlinux");
    assertThat(planned.text()).isEqualTo(function("helper").text().hex());
    assertThat(planned.unit()).isEqualTo("a/b.c");
    assertThat(planned.relocations()).isEqualTo(function("helper").relocations());
  }

  @Test
  void aVariablesInitialValueIsRead() {
    Bytes file =
        CompiledC.compile(
            "const long long a __attribute__((used)) = -5; long long z; int narrow = 1;"
                + "extern int x; long long at = (long long)&x; long long after = 7;");
    assertThat(InitialValue.read(file, "a")).contains(-5L);
    assertThat(InitialValue.read(file, "z")).contains(0L);
    assertThat(InitialValue.read(file, "narrow")).isEmpty();
    assertThat(InitialValue.read(file, "b")).isEqualTo(Optional.empty());
    assertThat(InitialValue.read(file, "at")).as("an address is no number").isEmpty();
    assertThat(InitialValue.read(file, "after")).contains(7L);
  }

  @Test
  void anythingElseIsRefusedInOneWay() {
    assertThatThrownBy(() -> reader.read(Bytes.of()))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessage("the file is no ELF object");
    byte[] wrongMachine = CompiledC.compile("int x;").toArray();
    wrongMachine[18] = 40;
    assertThatThrownBy(() -> reader.read(Bytes.of(wrongMachine)))
        .hasMessage("the object is not for x86-64");
  }

  @Test
  void damageNeverEndsInAnotherException() {
    byte[] good = CompiledC.compile(UNIT).toArray();
    Random random = new Random(3);
    int refused = 0;
    for (int round = 0; round < 1500; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        int at = random.nextInt(3) == 0 ? random.nextInt(64) : random.nextInt(bad.length);
        bad[at] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bad.length) : bad.length;
      try {
        reader.read(Bytes.of(bad).slice(0, length));
      } catch (MalformedObjectException e) {
        refused++;
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(refused).isGreaterThan(100);
  }
}

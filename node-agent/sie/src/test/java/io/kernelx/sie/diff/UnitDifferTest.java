// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitDifference.Unusable;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitDifferTest {
  private final Decoder decoder = new Decoder();
  private final ObjectReader reader = new ObjectReader(decoder);
  private final UnitDiffer differ = new UnitDiffer(decoder);

  private CodeObject compile(String text, String value) {
    return reader.read(CompiledC.compile(text, "-DV=" + value));
  }

  private UnitDifference diff(String text, String v1, String... others) {
    List<UnitVersion> versions =
        Arrays.stream(others).map(v -> new UnitVersion(v, compile(text, v))).toList();
    return differ.diff("unit.c", "vmlinux", compile(text, v1), versions);
  }

  private Different different(String text, String v1, String... others) {
    UnitDifference difference = diff(text, v1, others);
    assertThat(difference).isInstanceOf(Different.class);
    return (Different) difference;
  }

  private Reason refused(String text, String v1, String... others) {
    UnitDifference difference = diff(text, v1, others);
    assertThat(difference).isInstanceOf(Unusable.class);
    return ((Unusable) difference).refusal().reason();
  }

  @Test
  void anImmediateIsARegionOfOneInstruction() {
    Different difference =
        different("int g(int); int f(int x) { g(x); return g(x + V); }", "32", "8", "16");
    DifferingFunction function = difference.functions().get(0);
    assertThat(difference.functions()).hasSize(1);
    assertThat(function.name()).isEqualTo("f");
    Region region = function.regions().get(0);
    assertThat(region.v1().length()).isEqualTo(1);
    assertThat(region.seeds()).containsExactly(region.v1().first());
    Instruction v1 = function.v1().instructionsOf(region.v1()).get(0);
    Instruction other =
        function.others().get(1).code().instructionsOf(region.others().get(1)).get(0);
    assertThat(v1.bytes().at(v1.length() - 1)).isEqualTo(32);
    assertThat(other.bytes().at(other.length() - 1)).isEqualTo(16);
    assertThat(function.others()).extracting(v -> v.value()).containsExactly("8", "16");
  }

  @Test
  void twoImmediatesOfOneBlockAreOneRegion() {
    Different difference =
        different(
            "int f(unsigned short n, unsigned char m) { return n >= (m > 1 ? 2 * V : V); }",
            "32",
            "8");
    Region region = difference.functions().get(0).regions().get(0);
    assertThat(region.seeds()).hasSize(2);
    assertThat(difference.functions().get(0).regions()).hasSize(1);
  }

  @Test
  void shiftedJumpsAndCallsAreNoDifference() {
    String text =
        """
        int h(int);
        static __attribute__((noinline)) int callee(int x) { return h(x) * 3; }
        int before(int x) { if (x) return h(callee(x)); return h(2); }
        int f(int x) { while (h(x)) { if (h(x + V)) h(1); } return callee(x); }
        int after(int x) { if (callee(x)) return h(1); return h(2); }
        """;
    Different difference = different(text, "32", "100000", "64");
    assertThat(difference.functions()).extracting(DifferingFunction::name).containsExactly("f");
    DifferingFunction function = difference.functions().get(0);
    assertThat(function.regions()).hasSize(1);
    assertThat(function.regions().get(0).v1().length()).isEqualTo(1);
    assertThat(function.others().get(0).code().function().text().length())
        .isGreaterThan(function.v1().function().text().length());
  }

  @Test
  void aSecondInstructionInsteadOfOneIsAligned() {
    Different difference =
        different("long f(long x, long y) { return (x * V) ^ y; }", "8", "7", "10");
    Region region = difference.functions().get(0).regions().get(0);
    DifferingFunction function = difference.functions().get(0);
    assertThat(function.v1().instructionsOf(region.v1())).isNotEmpty();
    int before = region.v1().first() - 1;
    int otherBefore = region.others().get(0).first() - 1;
    assertThat(function.others().get(0).code().instructions().get(otherBefore).mnemonic())
        .isEqualTo(function.v1().instructions().get(before).mnemonic());
  }

  @Test
  void outOfLinePartsAreFunctionsOfTheirOwn() {
    String text =
        """
        extern void rare(int) __attribute__((cold));
        int h(int);
        int f(int x) { int i = h(x); if (__builtin_expect(i == 3, 0)) { rare(V); i = h(i); } return i + 1; }
        """;
    Different difference = different(text, "32", "8");
    assertThat(difference.functions())
        .extracting(DifferingFunction::name)
        .containsExactly("f.cold");
    assertThat(compile(text, "32").function("f").orElseThrow().entries()).isNotEmpty();
  }

  @Test
  void codeThatOnlyRunsAtBootIsInitOnly() {
    String text =
        "int h(int); __attribute__((section(\".init.text\"))) int f(void) { return h(V); }";
    Different difference = different(text, "32", "8");
    assertThat(difference.functions()).isEmpty();
    assertThat(difference.initFunctions()).containsExactly("f");
    assertThat(UnitDiffer.refusal("V", List.of(difference)).orElseThrow().reason())
        .isEqualTo(Reason.INIT_ONLY);
  }

  @Test
  void aConstantThatReachesNoCodeIsSaid() {
    Different difference = different("int f(int x) { return V > 0 ? x : 0; }", "32", "8");
    assertThat(difference.none()).isTrue();
    assertThat(UnitDiffer.refusal("V", List.of(difference)).orElseThrow().reason())
        .isEqualTo(Reason.NO_CODE_DIFFERENCE);
  }

  @Test
  void changedControlFlowIsRefused() {
    assertThat(
            refused(
                "int h(int); int f(void) { int i; for (i = 0; i < V; i++) h(i); return 0; }",
                "32",
                "1"))
        .isEqualTo(Reason.CHANGES_CONTROL_FLOW);
  }

  @Test
  void changedLayoutIsRefused() {
    assertThat(refused("int a[V]; int f(int i) { return a[i]; }", "32", "8"))
        .isEqualTo(Reason.CHANGES_LAYOUT);
    assertThat(
            refused(
                "#define S(x) #x\n"
                    + "#define T(x) S(x)\n"
                    + "int h(const char *); int f(void) { return h(T(V)); }",
                "32",
                "8"))
        .isEqualTo(Reason.CHANGES_LAYOUT);
  }

  @Test
  void dataThatHoldsTheConstantIsNamed() {
    Different difference =
        different(
            "int limit = V; const int fixed[2] = { 1, V }; int f(void) { return limit; }",
            "32",
            "8");
    assertThat(difference.functions()).isEmpty();
    assertThat(difference.data()).hasSize(2);
    assertThat(difference.data())
        .filteredOn(DifferingData::writable)
        .singleElement()
        .satisfies(d -> assertThat(d.symbol()).isEqualTo("limit"))
        .satisfies(d -> assertThat(d.v1().at(0)).isEqualTo(32));
    assertThat(difference.data())
        .filteredOn(d -> !d.writable())
        .singleElement()
        .satisfies(d -> assertThat(d.offset()).isEqualTo(4));
    assertThat(UnitDiffer.refusal("V", List.of(difference))).isEmpty();
  }

  @Test
  void blocksEndWhereControlDoes() {
    CodeObject object =
        compile(
            "int h(int); int f(int x) { if (x > V) return h(1); h(2); return x ? h(3) : 4; }", "5");
    FunctionCode code = FlowGraph.of(object.function("f").orElseThrow(), decoder);
    int covered = 0;
    for (BasicBlock block : code.blocks()) {
      assertThat(block.first()).isEqualTo(covered);
      covered = block.end();
      for (Instruction instruction :
          code.instructionsOf(block).subList(0, block.end() - block.first() - 1)) {
        assertThat(instruction.condition()).isEmpty();
      }
    }
    assertThat(covered).isEqualTo(code.instructions().size());
    assertThat(code.blocks().get(0).entry()).isTrue();
    assertThat(code.blocks()).anyMatch(BasicBlock::leaves);
    assertThat(code.blocks().get(0).successors()).hasSize(2);
    for (BasicBlock block : code.blocks()) {
      for (int next : block.successors()) {
        assertThat(code.predecessors(code.blocks().get(next))).contains(block);
      }
    }
  }

  @Test
  void speculationStopsLeadNowhere() {
    CodeObject object =
        compile("int f(int x) { asm volatile(\"jmp 1f\\n\\tint3\\n1:\"); return x + V; }", "5");
    FunctionCode code = FlowGraph.of(object.function("f").orElseThrow(), decoder);
    assertThat(code.blocks())
        .filteredOn(b -> code.instructions().get(b.first()).mnemonic().equals("int3"))
        .isNotEmpty()
        .allSatisfy(b -> assertThat(b.successors()).isEmpty());
  }
}

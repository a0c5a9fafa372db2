// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitDifference.Unusable;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.Refusal.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Clones, parts, names that occur twice, jump tables, alternatives and static keys. */
class ClonesAndTablesTest {

  private static final String CLONES =
      """
      int h(int);
      static __attribute__((noinline)) int g(int x, int step)
      { int i, s = 0; for (i = 0; i < x; i++) s += h(i * step); return s; }
      int f(int x) { return g(x, V) + 1; }
      int f2(int x) { return g(x * 2, V); }
      """;

  private static final String ALTERNATIVE =
      """
      int f(int x)
      {
        asm volatile("661: %s\\n662:\\n"
          ".pushsection .altinstructions,\\"a\\"\\n.long 661b - .\\n.long 663f - .\\n.long 7\\n"
          ".byte 662b-661b\\n.byte 664f-663f\\n.popsection\\n"
          ".pushsection .altinstr_replacement,\\"ax\\"\\n663: %s\\n664:\\n.popsection" : "+a"(x) : "i"(V));
        return x;
      }
      """;

  private final Decoder decoder = new Decoder();
  private final ObjectReader reader = new ObjectReader(decoder);
  private final UnitDiffer differ = new UnitDiffer(decoder);

  private CodeObject compile(String text, String value, String... options) {
    String[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = "-DV=" + value;
    return reader.read(CompiledC.compile(text, all));
  }

  private UnitDifference diff(CodeObject v1, CodeObject... others) {
    List<UnitVersion> versions =
        Arrays.stream(others).map(o -> new UnitVersion("other", o)).toList();
    return differ.diff("unit.c", "vmlinux", v1, versions);
  }

  private static Different different(UnitDifference d) {
    assertThat(d).isInstanceOf(Different.class);
    return (Different) d;
  }

  private static Refusal refused(UnitDifference d) {
    assertThat(d).isInstanceOf(Unusable.class);
    return ((Unusable) d).refusal();
  }

  @Test
  void aCloneThatHoldsTheConstantIsFoundByItsName() {
    Different d = different(diff(compile(CLONES, "32"), compile(CLONES, "48")));
    assertThat(d.functions()).extracting(DifferingFunction::name).containsExactly("g.constprop.0");
    assertThat(d.functions().getFirst().regions()).hasSize(1);
  }

  @Test
  void aCloneThatOnlyOneVersionHasIsRefused() {
    String sometimes = CLONES.replace("return g(x * 2, V);", "return g(x * 2, V == 48 ? x : V);");
    Refusal r = refused(diff(compile(sometimes, "32"), compile(sometimes, "48")));
    assertThat(r.reason()).isIn(Reason.CHANGES_CONTROL_FLOW, Reason.CHANGES_LAYOUT);
  }

  /** Clones of one function with numbers the other way round are never taken for one another. */
  @Test
  void clonesWithOtherNumbersAreNotTakenForEachOther() {
    String two =
        """
        int h(int);
        static __attribute__((noinline)) int g(int x, int step)
        { int i, s = 0; for (i = 0; i < x; i++) s += h(i * step); return s; }
        int f(int x) { return g(x, 7) + V; }
        int f2(int x) { return g(x, x); }
        """;
    UnaryOperator<String> swapped =
        s -> s.replace("g.one", "g.tmp").replace("g.two", "g.one").replace("g.tmp", "g.two");
    String bodies =
        """
        int h(int);
        __attribute__((noinline)) static int one(int x) asm("g.one");
        __attribute__((noinline)) static int two(int x) asm("g.two");
        static int one(int x) { return h(x * 5) + V; }
        static int two(int x) { return h(x) * 11; }
        int f(int x) { return one(x) + two(x + 1); }
        """;
    assertThat(different(diff(compile(two, "3"), compile(two, "4"))).functions())
        .extracting(DifferingFunction::name)
        .containsExactly("f");
    UnitDifference d = diff(compile(bodies, "32"), compile(swapped.apply(bodies), "48"));
    switch (d) {
      case Unusable u -> assertThat(u.refusal().message()).isNotBlank();
      case Different x ->
          assertThat(x.functions())
              .as("both bodies and the caller's two calls differ")
              .extracting(DifferingFunction::name)
              .contains("g.one", "g.two");
    }
  }

  /** Two local functions of one name, as linking objects into one makes them. */
  @Test
  void aReferenceThatMayMeanEitherOfTwoIsRefused() {
    String text =
        """
        int h(int);
        static __attribute__((noinline)) int dup(int x) { return h(x) + 1; }
        static __attribute__((noinline)) int other(int x) { return h(x) + 2; }
        int f(int x) { return dup(x) * V; }
        int f2(int x) { return other(x); }
        """;
    CodeObject v1 = compile(text, "32");
    ObjectFunction second = v1.function("other").orElseThrow();
    List<ObjectFunction> functions = new ArrayList<>(v1.functions());
    functions.set(
        functions.indexOf(second),
        new ObjectFunction(
            "dup",
            second.section(),
            second.sectionOffset(),
            second.global(),
            second.text(),
            second.relocations(),
            second.patchSites(),
            second.edges(),
            second.entries(),
            second.localTargets(),
            second.callees(),
            second.probeable()));
    CodeObject both = new CodeObject(functions, v1.data(), v1.symbols());
    assertThat(different(diff(v1, compile(text, "33"))).functions()).hasSize(1);
    Refusal r = refused(diff(both, both));
    assertThat(r.message()).contains("dup").contains("more than one");
  }

  /** Another condition, another number, and another function that is gone to. */
  @Test
  void aBranchThatLeavesForAnotherPlaceIsRefused() {
    String text =
        """
        .text
        .globl f
        .type f, @function
        f:
        cmp $%d, %%edi
        %s %s
        mov $1, %%eax
        ret
        .size f, . - f
        """;
    CodeObject v1 = assembled(text.formatted(10, "jg", "one"));
    assertThat(different(diff(v1, assembled(text.formatted(12, "jge", "one")))).functions())
        .hasSize(1);
    assertThat(refused(diff(v1, assembled(text.formatted(12, "jge", "two")))).reason())
        .isEqualTo(Reason.CHANGES_CONTROL_FLOW);
    assertThat(refused(diff(v1, assembled(text.formatted(12, "jg", "two")))).reason())
        .isEqualTo(Reason.CHANGES_CONTROL_FLOW);
  }

  private CodeObject assembled(String text) {
    return reader.read(CompiledC.assemble(text));
  }

  private static final String SWITCH =
      """
      int h(int); int k(int);
      int f(int x, int y)
      {
        switch (x) {
          case 0: return h(y);
          case 1: return k(y + V);
          case 2: return h(y * 3);
          case 3: return k(y ^ 9);
          case 4: return h(h(y));
          case 5: return k(k(y));
          case 6: return h(y - 7);
        }
        return 0;
      }
      """;

  @Test
  void codeBehindAJumpTableIsCompared() {
    String[] tables = {"-fjump-tables", "-mindirect-branch=keep", "-fcf-protection=none"};
    Different d = different(diff(compile(SWITCH, "32", tables), compile(SWITCH, "48", tables)));
    DifferingFunction f = d.functions().getFirst();
    assertThat(d.functions()).hasSize(1);
    assertThat(f.regions()).hasSize(1);
    BasicBlock block = f.v1().blocks().get(f.regions().getFirst().block());
    assertThat(block.entry()).as("the table leads there").isTrue();
    assertThat(f.v1().instructions())
        .extracting(i -> i.branch().kind().name())
        .contains("INDIRECT_JUMP");
  }

  @Test
  void aTableThatLeadsElsewhereIsRefused() {
    String[] tables = {"-fjump-tables", "-mindirect-branch=keep", "-fcf-protection=none"};
    String moved = SWITCH.replace("case 6:", "case V:");
    assertThat(refused(diff(compile(moved, "6", tables), compile(moved, "8", tables))).reason())
        .isIn(Reason.CHANGES_LAYOUT, Reason.CHANGES_CONTROL_FLOW);
  }

  /** The code is the same but for the number; only the table tells that cases change places. */
  @Test
  void aTableWhoseEntriesChangePlacesIsRefused() {
    String swapped =
        """
        int h(int); int k(int);
        int f(unsigned x, int y)
        {
          static const void *const table[] = { &&a, W == 48 ? &&c : &&b, W == 48 ? &&b : &&c, &&d };
          goto *table[x & 3];
          a: return h(y);
          b: return k(y + V);
          c: return h(y * 3);
          d: return k(y ^ 9);
        }
        """;
    String[] v1 = {"-mindirect-branch=keep", "-fcf-protection=none", "-DW=32"};
    String[] other = {"-mindirect-branch=keep", "-fcf-protection=none", "-DW=48"};
    assertThat(different(diff(compile(swapped, "32", v1), compile(swapped, "48", v1))).functions())
        .hasSize(1);
    UnitDifference d = diff(compile(swapped, "32", v1), compile(swapped, "48", other));
    assertThat(refused(d).reason()).isEqualTo(Reason.CHANGES_CONTROL_FLOW);
  }

  @Test
  void aConstantInAnAlternativesOriginalIsARegionOfPatchedCode() {
    String text = ALTERNATIVE.formatted("add %1, %0", "add $9, %0");
    Different d = different(diff(compile(text, "32"), compile(text, "48")));
    DifferingFunction f = d.functions().getFirst();
    Instruction seed = f.v1().instructions().get(f.regions().getFirst().seeds().getFirst());
    assertThat(seed.mnemonic()).isEqualTo("add");
    assertThat(f.v1().function().patchSites())
        .anyMatch(
            p ->
                p.table().equals(".altinstructions")
                    && p.offset() <= seed.offset()
                    && seed.end() <= p.offset() + p.length());
  }

  /** The kernel may run the replacement, which no function's code shows. */
  @Test
  void aConstantInAnAlternativesReplacementIsNotPassedOver() {
    String text = ALTERNATIVE.formatted("add $9, %0", "add %1, %0");
    UnitDifference d = diff(compile(text, "32"), compile(text, "48"));
    if (d instanceof Different x) {
      assertThat(x.functions().isEmpty() && x.data().isEmpty()).isFalse();
      assertThat(x.data()).anyMatch(data -> data.section().equals(".altinstr_replacement"));
    } else {
      assertThat(refused(d).message()).isNotBlank();
    }
  }

  @Test
  void bothWaysOfAStaticKeyAreCompared() {
    String keyed =
        """
        int h(int);
        int f(int x)
        {
          asm goto("1: .byte 0x0f,0x1f,0x44,0,0\\n\\t"
                   ".pushsection __jump_table, \\"aw\\"\\n\\t.balign 8\\n\\t"
                   ".long 1b - .\\n\\t.long %l[yes] - .\\n\\t.quad 0\\n\\t.popsection"
                   : : : : yes);
          return h(x);
        yes:
          return h(x + V);
        }
        """;
    Different d = different(diff(compile(keyed, "32"), compile(keyed, "48")));
    DifferingFunction f = d.functions().getFirst();
    assertThat(f.regions()).hasSize(1);
    int block = f.regions().getFirst().block();
    assertThat(f.v1().predecessors(f.v1().blocks().get(block))).isNotEmpty();
  }
}

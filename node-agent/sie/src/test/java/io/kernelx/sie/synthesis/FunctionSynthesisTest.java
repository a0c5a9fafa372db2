// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.PlannedValue.Proof;
import io.kernelx.sie.plan.ProbeSite.Kind;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What gcc makes of constants, by hand: each shape found, proved, and refused when it is wrong. */
class FunctionSynthesisTest {

  /** {@code multiple ? 2 * V : V} compared at 16 bits, as in the block layer's plug. */
  private static final IntFunction<String> SELECTION =
      v ->
          """
          movzwl 0x2a(%%rdi), %%edx
          test %%dx, %%dx
          je 1f
          movzbl 0x2c(%%rdi), %%ecx
          cmp $1, %%cl
          sbb %%eax, %%eax
          and $%d, %%eax
          add $%d, %s
          cmp %%ax, %%dx
          jae 1f
          mov $0, %%eax
          ret
          1: mov $1, %%eax
          ret
          """
              .formatted(-v, 2 * v, 2 * v > 127 ? "%ax" : "%eax");

  @Test
  void selectionIsRecomputedFromWhatStillStands() throws IOException {
    AssembledVersions f = new AssembledVersions(SELECTION, 32, 8, 16);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.IRREVERSIBLE);
    assertThat(write(site)).isEqualTo("ax:32 = (((-V) & (-(0 == (u8)cx))) + (2 * V)) - 64");
    assertThat(site.jumpOptimisable()).isTrue();
    proved(f, 32, 8, 16, 48, 1, 63, 64, 128);
  }

  @Test
  void wideAndNarrowInstructionsAreEqualOnTheBitsThatLive() throws IOException {
    AssembledVersions f = new AssembledVersions(SELECTION, 32, 8, 16);
    assertThat(f.prove(128)).isEqualTo(new ProofResult.Proved(Proof.STRUCTURAL));
  }

  @Test
  void selectionTheWrongWayRoundIsRefusedWithAnExample() throws IOException {
    AssembledVersions f = new AssembledVersions(SELECTION, 32, 8, 16);
    String wrong = SELECTION.apply(48).replace("sbb %eax, %eax", "sbb %eax, %eax\nnot %eax");
    assertThat(f.prove(48, wrong)).isInstanceOf(ProofResult.Failed.class);
    assertThat(((ProofResult.Failed) f.prove(48, wrong)).why())
        .contains("At the value 48", "f+0x", "test.c", "0x");
  }

  @Test
  void anotherValueThanThatOfTheCodeIsRefused() throws IOException {
    AssembledVersions f = new AssembledVersions(SELECTION, 32, 8, 16);
    assertThat(f.prove(47, 48)).isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void numberInARegisterIsWrittenFromAfterItToItsFirstReader() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                mov $%d, %%ebp
                mov %%r12d, 0x14(%%rsp)
                mov %%ebp, 0x10(%%rsp)
                mov %%dil, 0x4(%%rsp)
                xor %%ebp, %%ebp
                ret
                """
                    .formatted(v),
            10,
            5,
            3);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.REGISTER);
    assertThat(write(site)).isEqualTo("bp:32 = V");
    assertThat(site.jumpOptimisable()).isTrue();
    assertThat(site.candidates()).containsExactly(5, 10);
    proved(f, 10, 5, 3, 20, 100_000);
  }

  @Test
  void placeThatTheKernelPatchesIsNone() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                mov $%d, %%esi
                mov %%rbx, %%rdi
                call g
                ret
                """
                    .formatted(v),
            3,
            5,
            7);
    SiteDraft site = only(f);
    assertThat(site.candidates()).containsExactly(5);
    assertThat(site.jumpOptimisable()).isFalse();
    proved(f, 3, 5, 7, 9);
  }

  @Test
  void addedAndOredNumbersAreNotTakenForTheRegister() throws IOException {
    AssembledVersions added =
        new AssembledVersions(
            v -> "add $%d, %%eax\ncmp %%edi, %%eax\nsetb %%al\nret".formatted(v), 32, 8, 16);
    assertThat(write(only(added))).isEqualTo("ax:32 = ax + (V - 32)");
    proved(added, 32, 8, 16, 48);
    AssembledVersions ored =
        new AssembledVersions(
            v -> "mov %%edi, %%eax\nor $%d, %%eax\nmov %%eax, (%%rsi)\nret".formatted(v), 1, 2, 4);
    assertThat(write(only(ored))).isEqualTo("ax:32 = V | di");
    proved(ored, 1, 2, 4, 8, 3);
    AssembledVersions lea =
        new AssembledVersions(
            v -> "lea %d(%%rdi), %%eax\nmov %%rsi, %%rdx\nmov %%eax, (%%rdx)\nret".formatted(v),
            1,
            2,
            4);
    assertThat(write(only(lea))).isEqualTo("ax:32 = V + di");
    proved(lea, 1, 2, 4, 100);
  }

  @Test
  void shiftIsComputedAgainWhereItsSourceStillStands() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> "mov %%edi, %%eax\nshr $%d, %%eax\nmov %%eax, (%%rsi)\nret".formatted(v), 3, 2, 1);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.IRREVERSIBLE);
    assertThat(site.spanStart()).isZero();
    proved(f, 3, 2, 1, 7);
  }

  @Test
  void logarithmIsFound() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                "mov %%edi, %%eax\nshr $%d, %%eax\nmov %%eax, (%%rsi)\nret"
                    .formatted(31 - Integer.numberOfLeadingZeros(v)),
            16,
            8,
            4);
    proved(f, 16, 8, 4, 64, 2);
  }

  @Test
  void multiplicationKeepsItsWidth() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> "imul $%d, %%edi, %%eax\nmov %%rax, (%%rsi)\nret".formatted(v), 10, 20, 30);
    assertThat(write(only(f))).isEqualTo("ax:32 = V * di");
    proved(f, 10, 20, 30, 7);
  }

  @Test
  void byteWriteKeepsTheRestOfTheRegister() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> "mov %%rdi, %%rax\nmov $%d, %%al\nmov %%rax, (%%rsi)\nret".formatted(v), 1, 2, 3);
    proved(f, 1, 2, 3, 200);
  }

  @Test
  void comparisonWritesTheFlagsAtItsOwnWidth() throws IOException {
    IntFunction<String> code =
        v -> "cmp $%d, %%ax\njae 1f\nxor %%eax, %%eax\nret\n1: mov $1, %%eax\nret".formatted(v);
    AssembledVersions f = new AssembledVersions(code, 300, 400, 500);
    SiteDraft site = only(f);
    assertThat(site.kind()).isEqualTo(Kind.FLAGS);
    assertThat(write(site)).isEqualTo("flags:64 = (u16)ax < (u16)V");
    proved(f, 300, 400, 500, 1000);
    assertThat(f.prove(400, code.apply(400).replace("%ax", "%eax").replace("jae", "ja")))
        .isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void signedComparisonNeedsSignAndOverflow() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                "cmp $%d, %%edi\njle 1f\nxor %%eax, %%eax\nret\n1: mov $1, %%eax\nret".formatted(v),
            10,
            20,
            30);
    assertThat(only(f).kind()).isEqualTo(Kind.FLAGS);
    proved(f, 10, 20, 30, 100);
  }

  @Test
  void twoNumbersReadApartGetTwoProbes() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                mov $%d, %%eax
                mov %%eax, (%%rdi)
                mov $%d, %%ecx
                mov %%ecx, 4(%%rdi)
                ret
                """
                    .formatted(v, 2 * v + 1),
            10,
            20,
            30);
    assertThat(f.sites()).hasSize(2);
    assertThat(write(f.sites().get(1))).isEqualTo("cx:32 = (2 * V) + 1");
    proved(f, 10, 20, 30, 40);
    String halfPatched = "mov $40, %eax\nmov %eax, (%rdi)\nmov $21, %ecx\nmov %ecx, 4(%rdi)\nret";
    assertThat(f.prove(40, halfPatched)).isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void jumpBeforeTheJoinIsAPlace() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                test %%edi, %%edi
                je 1f
                mov $%d, %%eax
                jmp 2f
                1: mov $7, %%eax
                2: mov %%eax, (%%rsi)
                ret
                """
                    .formatted(v),
            10,
            20,
            30);
    assertThat(only(f).candidates()).containsExactly(9);
    proved(f, 10, 20, 30, 40);
  }

  @Test
  void instructionThatIsNotModelledIsNamed() throws IOException {
    refused(
        v -> "in $%d, %%al\nmov %%al, (%%rsi)\nret".formatted(v),
        Reason.UNSUPPORTED_INSTRUCTION,
        "'in'");
  }

  @Test
  void whatAnUnmodelledInstructionMayLeaveAloneIsAlive() throws IOException {
    IntFunction<String> code =
        v ->
            "mov $%d, %%eax\nmov %%ecx, (%%rsi)\njmp 1f\n1: bsf %%edi, %%eax\nmov %%eax, 4(%%rsi)\nret"
                .formatted(v);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 30);
    assertThat(write(only(f))).isEqualTo("ax:32 = V");
    assertThat(f.prove(21, 20)).isInstanceOf(ProofResult.Failed.class);
    proved(f, 10, 20, 30);
  }

  @Test
  void targetOfAnIndirectJumpIsCompared() throws IOException {
    IntFunction<String> code = v -> "mov $%d, %%eax\nmov %%eax, (%%rsi)\njmp *%%rdx".formatted(v);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 30);
    proved(f, 20);
    assertThat(f.prove(20, code.apply(20).replace("%rdx", "%rcx")))
        .isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void orderOfStoresCountsOnlyWhereTheyMeet() throws IOException {
    IntFunction<String> code =
        v ->
            "mov $%d, %%eax\nmovl $1, 8(%%rsi)\nmovl $2, (%%rsi)\nmov %%eax, 4(%%rsi)\nret"
                .formatted(v);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 30);
    String swapped = "mov $20, %eax\nmovl $2, (%rsi)\nmov %eax, 4(%rsi)\nmovl $1, 8(%rsi)\nret";
    assertThat(f.prove(20, swapped)).isInstanceOf(ProofResult.Proved.class);
    IntFunction<String> meeting = v -> code.apply(v).replace("$2, (%rsi)", "$2, 7(%rsi)");
    AssembledVersions g = new AssembledVersions(meeting, 10, 20, 30);
    String meet = "mov $20, %eax\nmovl $2, 7(%rsi)\nmovl $1, 8(%rsi)\nmov %eax, 4(%rsi)\nret";
    assertThat(g.prove(20, meet)).isInstanceOf(ProofResult.Failed.class);
    IntFunction<String> apart = v -> code.apply(v).replace("(%rsi)\nmov %", "(%rdi)\nmov %");
    AssembledVersions h = new AssembledVersions(apart, 10, 20, 30);
    String perhaps = "mov $20, %eax\nmovl $2, (%rdi)\nmovl $1, 8(%rsi)\nmov %eax, 4(%rsi)\nret";
    assertThat(h.prove(20, perhaps)).isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void numbersWithoutARuleServeOnlyTheValuesSeen() throws IOException {
    IntFunction<String> code =
        v -> "mov $%d, %%eax\nmov %%eax, (%%rsi)\nret".formatted(v * v * 31 % 1009);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 35);
    proved(f, 10, 20, 35);
    assertThat(f.prove(40)).isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void differenceElsewhereInTheBlockIsSeen() throws IOException {
    IntFunction<String> code =
        v -> "mov $%d, %%eax\nmov %%eax, (%%rsi)\nmov %%edx, 8(%%rsi)\nret".formatted(v);
    AssembledVersions f = new AssembledVersions(code, 10, 20, 30);
    for (String wrong :
        List.of(
            code.apply(20).replace("8(%rsi)", "12(%rsi)"),
            code.apply(20).replace("%edx", "%ecx"),
            code.apply(20).replace("mov %edx, 8(%rsi)", "mov %dx, 8(%rsi)"),
            code.apply(20).replace("ret", "inc %rbx\nret"),
            code.apply(20).replace("ret", "call g\nret"),
            code.apply(20).replace("ret", "sub $8, %rsp\nret"))) {
      assertThat(f.prove(20, wrong)).as(wrong).isInstanceOf(ProofResult.Failed.class);
    }
    assertThat(f.prove(20, code.apply(20).replace("ret", "inc %rcx\nret")))
        .isInstanceOf(ProofResult.Proved.class);
  }

  private static SiteDraft only(AssembledVersions f) {
    assertThat(f.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(f.sites()).hasSize(1);
    return f.sites().getFirst();
  }

  private static String write(SiteDraft site) {
    assertThat(site.writes()).hasSize(1);
    var w = site.writes().getFirst();
    return w.target() + ":" + w.width() + " = " + w.expression().text();
  }

  private static void proved(AssembledVersions f, int... values) throws IOException {
    for (int v : values) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
  }

  private static void refused(IntFunction<String> code, Reason reason, String saying)
      throws IOException {
    AssembledVersions f = new AssembledVersions(code, 3, 2, 1);
    assertThat(f.outcome()).isInstanceOf(Outcome.Refused.class);
    Outcome.Refused r = (Outcome.Refused) f.outcome();
    assertThat(r.refusal().reason()).isEqualTo(reason);
    assertThat(r.refusal().message()).contains(saying).endsWith(".");
  }
}

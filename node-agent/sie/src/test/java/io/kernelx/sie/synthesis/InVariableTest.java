// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import java.io.IOException;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Versions of which none shows what is computed, and the code with a variable, which does. */
class InVariableTest {

  private static final IntFunction<String> PRODUCT =
      v ->
          Map.of(
                      10, "lea (%rdi,%rdi,4), %eax\nadd %eax, %eax",
                      20, "lea (%rdi,%rdi,4), %eax\nshl $2, %eax",
                      7, "imul $7, %edi, %eax",
                      8, "lea 0(,%rdi,8), %eax",
                      64, "mov %edi, %eax\nshl $6, %eax",
                      0, "xor %eax, %eax")
                  .get(v)
              + "\nmov %rsi, %rdx\nmov %eax, (%rdx)\nret";

  private static final String PRODUCT_IN_VARIABLE =
      "mov variable(%rip), %eax\nimul %edi, %eax\nmov %rsi, %rdx\nmov %eax, (%rdx)\nret";

  @Test
  void productIsComputedAnewWhateverItsInstructions() throws IOException {
    AssembledVersions f = new AssembledVersions(PRODUCT, PRODUCT_IN_VARIABLE, 10, 20, 7);
    SiteDraft site = only(f);
    assertThat(site.writes()).hasSize(1);
    assertThat(site.writes().getFirst().target()).isEqualTo("ax");
    assertThat(site.writes().getFirst().expression().text()).isIn("V * di", "di * V");
    assertThat(site.jumpOptimisable()).isTrue();
    for (int v : new int[] {10, 20, 7, 8, 64, 0}) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
    assertThat(f.prove(8, 64)).isInstanceOf(ProofResult.Failed.class);
    assertThat(f.prove(7, PRODUCT.apply(7).replace("%edi", "%ecx")))
        .isInstanceOf(ProofResult.Failed.class);
  }

  @Test
  void withoutTheVariableItIsRefused() throws IOException {
    refused(new AssembledVersions(PRODUCT, 10, 20, 7), Reason.NOT_PROVABLE);
  }

  /** What the code with a variable shows is only a guess until the versions bear it out. */
  @Test
  void codeThatComputesSomethingElseIsNotTaken() throws IOException {
    String other = PRODUCT_IN_VARIABLE.replace("imul", "add");
    refused(new AssembledVersions(PRODUCT, other, 10, 20, 7), Reason.NOT_PROVABLE);
    String once = PRODUCT_IN_VARIABLE.replace("%edi", "%ecx");
    refused(new AssembledVersions(PRODUCT, once, 10, 20, 7), Reason.NOT_PROVABLE);
  }

  /** {@code waits ? V : 0}: shifts of the sign bit, which only some values allow. */
  @Test
  void selectionByShiftsIsASelection() throws IOException {
    String tail = "\nand $3, %edx\nje 1f\nadd %rdi, %rax\n1: mov %rax, (%rsi)\nret";
    String sign = "mov %rdi, %rax\nsub %rcx, %rax\n";
    Map<Integer, String> make =
        Map.of(
            1, "not %rax\nshr $63, %rax",
            4, "not %rax\nshr $63, %rax\nshl $2, %rax",
            6, "sar $63, %rax\nnot %rax\nand $6, %eax",
            2, "not %rax\nshr $63, %rax\nadd %rax, %rax");
    AssembledVersions f =
        new AssembledVersions(
            v -> sign + make.get(v) + tail,
            "cmp %rcx, %rdi\nmov $0, %eax\ncmovns variable(%rip), %eax\ncltq" + tail,
            1,
            4,
            6);
    assertThat(only(f).writes()).hasSize(1);
    for (int v : make.keySet()) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
    assertThat(f.prove(4, 2)).isInstanceOf(ProofResult.Failed.class);
    assertThat(f.prove(2, sign + make.get(2).replace("not %rax\n", "") + tail))
        .isInstanceOf(ProofResult.Failed.class);
  }

  /** The opposite of the condition is all that is left of what the versions select by. */
  @Test
  void oppositeOfABitThatIsHeldIsAtHand() throws IOException {
    String tail = "\nand $3, %edx\nje 1f\nadd %rdi, %rax\n1: mov %rax, (%rsi)\nret";
    String sign = "mov (%rdi), %rax\nmov 8(%rdi), %rdx\nsub %rdx, %rax\nmov 16(%rdi), %rdx\n";
    Map<Integer, String> make =
        Map.of(
            1, "not %rax\nshr $63, %rax",
            4, "not %rax\nshr $63, %rax\nshl $2, %rax",
            6, "sar $63, %rax\nnot %rax\nand $6, %eax");
    AssembledVersions f =
        new AssembledVersions(
            v -> sign + make.get(v) + tail,
            "mov (%rdi), %rdx\nmov 8(%rdi), %rax\ncmp %rax, %rdx\nmov 16(%rdi), %rdx\n"
                + "mov $0, %eax\ncmovns variable(%rip), %eax\nand $3, %edx\ncltq"
                + tail.substring(tail.indexOf("\nje")),
            1,
            4,
            6);
    assertThat(only(f).writes().getFirst().expression().text()).contains("!", "ax", "V");
    assertThat(f.prove(6)).isInstanceOf(ProofResult.Proved.class);
    assertThat(f.prove(6, 4)).isInstanceOf(ProofResult.Failed.class);
  }

  /** One number, one version that does without it: the number's own place serves all. */
  @Test
  void numbersThatHoldForAllVersionsComeFirst() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                (v == 1 ? "inc %edi" : "add $%d, %%edi".formatted(v))
                    + "\nmov %rsi, %rdx\nmov %edi, (%rdx)\nret",
            "add variable(%rip), %edi\nmov %rsi, %rdx\nmov %edi, (%rdx)\nret",
            5,
            9,
            1);
    assertThat(only(f).writes().getFirst().expression().text()).isEqualTo("di + (V - 5)");
    assertThat(f.prove(1)).isInstanceOf(ProofResult.Proved.class);
    assertThat(f.prove(1, 9)).isInstanceOf(ProofResult.Failed.class);
  }

  /** A number that is stored at once is not put right behind the store. */
  @Test
  void whatMemoryHasAlreadyIsNotMadeUpFor() throws IOException {
    refused(
        new AssembledVersions(
            v ->
                (v == 0 ? "andl $0, (%rdi)" : v == 3 ? "orl $-1, (%rdi)" : "notl (%rdi)")
                    + "\nmov %rsi, %rdx\nmov %edi, (%rdx)\nret",
            "mov variable(%rip), %eax\nmov %eax, (%rdi)\nmov %rsi, %rdx\nmov %edi, (%rdx)\nret",
            5,
            0,
            3),
        Reason.NOT_PROVABLE);
  }

  private static SiteDraft only(AssembledVersions f) {
    assertThat(f.outcome()).isInstanceOf(Outcome.Found.class);
    assertThat(f.sites()).hasSize(1);
    return f.sites().getFirst();
  }

  private static void refused(AssembledVersions f, Reason reason) {
    assertThat(f.outcome()).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) f.outcome()).refusal().reason()).isEqualTo(reason);
  }
}

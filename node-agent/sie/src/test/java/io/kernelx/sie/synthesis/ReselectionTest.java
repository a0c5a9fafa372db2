// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Other instructions, other registers, branches turned round: equal where it counts, or refused.
 */
class ReselectionTest {

  private static final IntFunction<String> PRODUCT =
      v -> "imul $%d, %%edi, %%eax\nmov %%eax, (%%rsi)\nret".formatted(v);

  private static final IntFunction<String> SUM =
      v ->
          "mov %%edi, %%eax\nmov %%rsi, %%rdx\nadd $%d, %%eax\nmov %%eax, (%%rdx)\nret"
              .formatted(v);

  private static final IntFunction<String> BRANCH =
      v ->
          """
          mov %%edi, %%edx
          cmp $%d, %%edx
          jle 1f
          mov $9, %%eax
          ret
          1: mov $7, %%eax
          ret
          """
              .formatted(v - 1);

  private static void equal(IntFunction<String> v1, int value, String code) throws IOException {
    AssembledVersions f = new AssembledVersions(v1, 100, 7, 11);
    assertThat(f.prove(value, code)).as(code).isInstanceOf(ProofResult.Proved.class);
  }

  private static void refused(IntFunction<String> v1, int value, String code) throws IOException {
    AssembledVersions f = new AssembledVersions(v1, 100, 7, 11);
    assertThat(f.prove(value, code)).as(code).isInstanceOf(ProofResult.Failed.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10 | lea (%rdi,%rdi,4), %eax; add %eax, %eax
          64 | mov %edi, %eax; shl $6, %eax
          9  | lea (%rdi,%rdi,8), %eax
          2  | lea (%rdi,%rdi), %eax
          1  | mov %edi, %eax
          0  | xor %eax, %eax
          -1 | mov %edi, %eax; neg %eax
          15 | mov %edi, %eax; shl $4, %eax; sub %edi, %eax
          45 | lea (%rdi,%rdi,4), %ecx; lea (%rcx,%rcx,8), %eax
          """)
  void productsByOtherInstructions(int value, String code) throws IOException {
    String whole = code.replace(";", "\n") + "\nmov %eax, (%rsi)\nret";
    equal(PRODUCT, value, whole);
    refused(PRODUCT, value + 1, whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1   | mov %edi, %eax; mov %rsi, %rdx; inc %eax
          -1  | mov %rsi, %rdx; mov %edi, %eax; dec %eax
          128 | mov %edi, %eax; mov %rsi, %rdx; sub $-128, %eax
          5   | lea 5(%rdi), %eax; mov %rsi, %rdx
          """)
  void sumsByOtherInstructions(int value, String code) throws IOException {
    equal(SUM, value, code.replace(";", "\n") + "\nmov %eax, (%rdx)\nret");
    refused(SUM, value, code.replace(";", "\n") + "\nmov %eax, 4(%rdx)\nret");
  }

  @Test
  void otherRegistersInsideABlock() throws IOException {
    IntFunction<String> v1 =
        v ->
            "mov %%edi, %%ecx\nmov %%esi, %%edx\nadd $%d, %%ecx\nlea (%%rcx,%%rdx), %%eax\nxor %%ecx, %%ecx\nxor %%edx, %%edx\nret"
                .formatted(v);
    equal(
        v1,
        5,
        "mov %esi, %ecx\n"
            + "lea 5(%rdi), %edx\n"
            + "lea (%rdx,%rcx), %eax\n"
            + "xor %ecx, %ecx\n"
            + "xor %edx, %edx\n"
            + "ret");
    refused(
        v1,
        5,
        "mov %esi, %ecx\n"
            + "lea 5(%rsi), %edx\n"
            + "lea (%rdx,%rcx), %eax\n"
            + "xor %ecx, %ecx\n"
            + "xor %edx, %edx\n"
            + "ret");
  }

  @Test
  void aBranchTurnedRound() throws IOException {
    String turned =
        """
        mov %edi, %edx
        test %edx, %edx
        jg 2f
        mov $7, %eax
        ret
        2: mov $9, %eax
        ret
        """;
    equal(BRANCH, 1, turned);
    refused(BRANCH, 2, turned);
    refused(BRANCH, 1, turned.replace("jg", "jge"));
    refused(BRANCH, 1, turned.replace("jg 2f", "jle 2f"));
    refused(BRANCH, 1, turned.replace("$7", "$8").replace("$9", "$7").replace("$8", "$9"));
  }

  /** The compiler may write V1 otherwise where nothing depends on the constant. */
  @Test
  void codeThatIsOnlyWrittenOtherwiseNeedsNoProbe() throws IOException {
    String without = "mov %rdi, %rax\nret\n";
    String with = "mov (%rdi), %rsi\nadd $V, %rsi\nlea 8(%rsi), %rax\nret\n";
    IntFunction<String> code =
        v ->
            ("cmpb $0, 0x1c(%rsp)\n"
                    + (v == 1
                        ? "je 1f\n" + with + "1: " + without
                        : "jne 1f\n" + without + "1: " + with))
                .replace("V", Integer.toString(v));
    AssembledVersions f = new AssembledVersions(code, 1, 5, 10);
    assertThat(f.sites()).hasSize(1);
    assertThat(f.prove(5)).isInstanceOf(ProofResult.Proved.class);
    assertThat(f.prove(5, 6)).isInstanceOf(ProofResult.Failed.class);
  }
}

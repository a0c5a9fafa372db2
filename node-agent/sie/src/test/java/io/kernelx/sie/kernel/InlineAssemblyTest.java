// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InlineAssemblyTest {

  private static String inline(String text) {
    return "\tcall\tcompiled\n#APP\n# 3 \"x.c\" 1\n\t"
        + text
        + "\n# 0 \"\" 2\n#NO_APP\n\tjmp\tlater\n";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          call helper                                       | helper
          callq __put_user_4@PLT                            | __put_user_4
          661: mov %eax, %ebx; call one + 4; 662: jmp two+8 | one two
          lock; cmpxchg %ecx, (%rdi); jnz slow_path         | slow_path
          .pushsection .text; jne out_of_line; .popsection  | out_of_line
          """)
  void namesOfInlineBranchesAreFound(String text, String names) {
    assertThat(InlineAssembly.branches(inline(text)).orElseThrow())
        .containsExactlyInAnyOrder(names.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"call *%rax", "call *pv_ops+8(%rip)", "jmp 1f", "jnz .L12", "1: jmp 1b", "nop"})
  void branchesWithoutANameAreNone(String text) {
    assertThat(InlineAssembly.branches(inline(text)).orElseThrow()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"call \\target", ".macro m f\ncall \\f\\()_x\n.endm"})
  void whatCannotBeMadeOutMeansThatNothingIsKnown(String text) {
    assertThat(InlineAssembly.branches(inline(text))).isEmpty();
    assertThat(InlineAssembly.marked(inline(text))).doesNotContain(InlineAssembly.SECTION);
  }

  @Test
  void theCompilersOwnTextStaysAsItIs() {
    String text = inline("call helper");
    assertThat(InlineAssembly.marked(text))
        .startsWith(text)
        .contains("\t.asciz \"helper\"")
        .doesNotContain(".asciz \"compiled\"", ".asciz \"later\"");
  }
}

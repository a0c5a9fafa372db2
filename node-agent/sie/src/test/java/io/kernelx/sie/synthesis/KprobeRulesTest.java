// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitVersion;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel's rules for probes and for jumps in their place, case by case. */
class KprobeRulesTest {

  private static FunctionCode code(String body) throws IOException {
    String text = body.replace("; ", "\n") + "\nmov $%d, %%esi\nret\n";
    var versions = List.of(new UnitVersion("2", Assembler.assemble(text.formatted(2))));
    Different d =
        (Different)
            new UnitDiffer(new Decoder())
                .diff("test.c", "vmlinux", Assembler.assemble(text.formatted(1)), versions);
    return d.functions().getFirst().v1();
  }

  private static Instruction first(String instruction) throws IOException {
    return code(instruction).instructions().getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mov %%eax, (%%rdi)",
        "lea 8(%%rax,%%rcx,4), %%rdx",
        "cmp $5, %%r12d",
        "movzwl 2(%%rdi), %%eax",
        "cmovb %%eax, %%ecx",
        "sete %%al",
        "shl $3, %%rax",
        "imul $3, %%eax, %%eax",
        "push %%rbx",
        "test %%eax, %%eax",
        "not %%eax",
        "inc %%rax",
        "incl (%%rdi)",
        "bswap %%eax",
        "cdqe",
        "movsbl %%al, %%eax",
        "xadd %%eax, (%%rdi)",
        "mov counter(%%rip), %%eax"
      })
  void theKernelRunsTheseOutOfLine(String instruction) throws IOException {
    assertThat(KprobeRules.boostable(first(instruction))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "je 1f; 1: nop",
        "call g",
        "jmp 1f; 1: nop",
        "hlt",
        "mov (%%edi), %%eax",
        "push (%%rdi)",
        "cpuid",
        "popcnt %%eax, %%eax",
        "movbe (%%rdi), %%eax",
        "call *%%rax"
      })
  void theKernelStepsOrEmulatesThese(String instruction) throws IOException {
    assertThat(KprobeRules.boostable(first(instruction))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          ud2                  # false
          endbr64              # false
          call *8(%%rdi)       # false
          jmp *8(%%rdi)        # false
          call *%%rax          # true
          je 1f; 1: nop        # true
          push %%rbx           # true
          """)
  void placesForAProbe(String instruction, boolean legal) throws IOException {
    FunctionCode code = code(instruction);
    assertThat(new KprobeRules(code).legal(code.instructions().getFirst())).isEqualTo(legal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          mov %%rax, %%rbx; mov %%rcx, %%rdx                                  # true
          mov %%rax, %%rbx; je 1f; 1: nop                                      # false
          mov %%rax, %%rbx; 1: mov %%rcx, %%rdx; nop; jne 1b                   # false
          mov %%rax, %%rbx; mov %%rcx, %%rdx; 1: nop; jne 1b                   # true
          mov %%rax, %%rbx; mov %%rcx, %%rdx; call g; 1: nop; .pushsection __ex_table, "a"; .long 1b - ., 1b - ., 3; .popsection # false
          """)
  void jumpsInTheirPlace(String body, boolean optimisable) throws IOException {
    assertThat(new KprobeRules(code(body)).jumpOptimisable(0)).isEqualTo(optimisable);
  }

  @Test
  void noJumpReachesOverAFunctionsEnd() throws IOException {
    FunctionCode code = code("nop");
    int last = code.instructions().size() - 1;
    assertThat(new KprobeRules(code).jumpOptimisable(last)).isFalse();
  }
}

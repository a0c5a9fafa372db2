// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Probe windows as they were seen in gcc-built kernels, with instructions of the same kinds and
 * lengths: from after the seed up to and including the first reader, less calls, which the kernel
 * patches by itself.
 */
class ProbeWindowsTest {

  /**
   * @param code the seed takes {@code %d}; {@code g} is called
   * @param places offsets of the window's instructions, counted from the seed's end
   * @param jumps whether the best of them is jump-optimisable
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          mov %%edx, %%eax; shr $%d, %%eax; cmp %%ecx, %%eax; movzbl (%%rdi), %%esi; ja 9f # 0 # true
          mov $%d, %%esi; mov %%rbx, %%rdi; call g; mov %%eax, (%%rbx)                     # 0 # false
          mov $%d, %%ecx; mov %%rdi, %%rbx; mov %%rsi, %%rbp; cmp %%r8d, %%ecx; movl $7, 0x10(%%rbx); ja 9f # 0 3 6 # true
          mov $%d, %%eax; cmova %%r8, %%r9; xor %%ecx, %%ecx; mov %%gs:there(%%rip), %%edx; mov %%rdi, %%rbx; cmp %%esi, %%eax; mov %%rbx, %%rdi; ja 9f # 0 4 6 13 16 # true
          mov $%d, %%eax; lea 8(%%rdi), %%rsi; mov %%rsi, %%rbx; cmp %%edx, %%eax; mov %%rbx, %%rdi; jge 9f # 0 4 7 # true
          mov $%d, %%ecx; mov $9, %%edx; lea 8(%%rdi), %%rsi; call g; mov %%eax, (%%rbx)   # 0 5 # true
          mov %%edx, %%r15d; shr $%d, %%r15d; imul %%r8d, %%r15d; movl $1, 8(%%rdi); mov %%r15d, (%%rsi) # 0 # true
          """)
  void windowEndsWithTheFirstReader(String code, String places, boolean jumps) throws IOException {
    String body = code.replace("; ", "\n") + "\nxor %%eax, %%eax\nret\n9: mov $1, %%eax\nret";
    AssembledVersions f = new AssembledVersions(v -> body.formatted(v), 3, 2, 4);
    assertThat(f.sites()).hasSize(1);
    SiteDraft site = f.sites().getFirst();
    int seed =
        f.function().v1().instructions().stream()
            .filter(i -> i.bytes().hex().matches("(b[0-f]|41b[0-f])03000000|(41)?c1e.03"))
            .findFirst()
            .orElseThrow()
            .end();
    assertThat(site.candidates())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(places.split(" ")).map(p -> seed + Integer.parseInt(p)).toList());
    assertThat(site.jumpOptimisable()).isEqualTo(jumps);
    for (int v : new int[] {3, 2, 4, 5}) {
      assertThat(f.prove(v)).isInstanceOf(ProofResult.Proved.class);
    }
  }

  @Test
  void eachOfTwoCallsHasItsOwnWindow() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                test %%rdi, %%rdi
                je 9f
                mov $%d, %%esi
                mov %%rbx, %%rdi
                call g
                xor %%eax, %%eax
                ret
                9: mov $%d, %%esi
                mov %%rbp, %%rdi
                call g
                mov $1, %%eax
                ret
                """
                    .formatted(v, v),
            3,
            5,
            7);
    List<Integer> after =
        f.function().v1().instructions().stream()
            .filter(i -> i.bytes().hex().equals("be03000000"))
            .map(i -> i.end())
            .toList();
    assertThat(f.sites()).extracting(SiteDraft::jumpOptimisable).containsExactly(false, false);
    assertThat(f.sites())
        .extracting(SiteDraft::candidates)
        .containsExactly(List.of(after.get(0)), List.of(after.get(1)));
    for (int v : new int[] {3, 5, 7, 9}) {
      assertThat(f.prove(v)).isInstanceOf(ProofResult.Proved.class);
    }
  }
}

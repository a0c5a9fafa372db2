// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a probe could be a jump, whatever place was chosen for it. */
class JumpPlacesTest {

  private static AssembledVersions versions(String code) throws IOException {
    String body = code.replace("; ", "\n") + "\n";
    return new AssembledVersions(v -> body.formatted(v), 3, 2, 4);
  }

  private static List<JumpPlaces.Legal> places(AssembledVersions f) {
    JumpPlaces places = new JumpPlaces(f.function().v1());
    return f.sites().stream().map(places::of).toList();
  }

  /**
   * @param places offsets from the seed's end; the seed is the first instruction and five bytes
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          mov $%d, %%eax; mov %%rsi, %%rbx; mov %%eax, (%%rdi); ret                    # 0
          mov $%d, %%eax; test %%rcx, %%rcx; je 9f; mov %%rdx, %%rbx; mov %%eax, (%%rdi); nop; ret; 9: xor %%eax, %%eax; ret # 5
          mov $%d, %%eax; jmp 8f; ret; 8: mov %%rdx, %%rbx; mov %%eax, (%%rdi); nop; ret # 3
          """)
  void legal(String code, String places) throws IOException {
    AssembledVersions f = versions(code);
    assertThat(places(f)).hasSize(1);
    assertThat(places(f).getFirst().obstacle()).isEmpty();
    assertThat(places(f).getFirst().legal())
        .containsExactlyElementsOf(
            Arrays.stream(places.split(" ")).map(p -> 5 + Integer.parseInt(p)).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          mov $%d, %%eax; cmp %%eax, %%ecx; ja 9f; ret; 9: ret                         # NOT_BOOSTABLE
          mov $%d, %%esi; mov %%rbx, %%rdi; call g; ret                                # NOT_BOOSTABLE
          cmp $%d, %%ecx; ja 9f; ret; 9: mov $1, %%eax; ret                            # NOT_BOOSTABLE
          movl $%d, 8(%%rdi); mov %%rsi, %%rbx; mov %%rcx, %%rdx; ret                  # IN_MEMORY
          mov $%d, %%eax; 8: mov %%rsi, %%rbx; mov %%eax, (%%rdi); dec %%ecx; jne 8b; ret # OTHERS_JOIN
          mov $%d, %%eax; cmp %%eax, %%ebp; cmovb %%eax, %%ebp; 8: mov %%ebp, (%%rdi); dec %%ecx; jne 8b; ret # JUMPED_INTO
          mov $%d, %%eax; test %%rcx, %%rcx; je 9f; mov %%rdx, %%rbx; mov %%eax, (%%rdi); nop; ret; 9: mov %%rbx, %%rdx; ret # NOT_BOOSTABLE
          mov $%d, %%eax; test %%rcx, %%rcx; je 9f; 8: mov %%rdx, %%rbx; mov %%eax, (%%rdi); nop; ret; 9: xor %%eax, %%eax; jmp 8b # NOT_BOOSTABLE
          mov $%d, %%eax; mov %%eax, (%%rdi); ret                                      # FUNCTION_END
          mov $%d, %%eax; mov %%rsi, %%rbx; mov %%eax, (%%rdi); call g; 1: nop; ret; .pushsection __ex_table, "a"; .long 1b - ., 1b - ., 3; .popsection # FIXUP
          """)
  void none(String code, JumpObstacle obstacle) throws IOException {
    AssembledVersions f = versions(code);
    assertThat(places(f)).hasSize(1);
    assertThat(places(f).getFirst().legal()).isEmpty();
    assertThat(places(f).getFirst().obstacle()).contains(obstacle);
  }

  @Test
  void aProbeThatStandsInAnothersWayCouldHaveBeenAJump() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                mov $%d, %%eax
                mov %%eax, (%%rdi)
                mov $%d, %%cl
                mov %%cl, 4(%%rdi)
                lea 8(%%rdi), %%rdi
                ret
                """
                    .formatted(v, 2 * v + 1),
            10,
            20,
            30);
    assertThat(f.sites()).extracting(SiteDraft::jumpOptimisable).containsExactly(false, true);
    assertThat(places(f)).allSatisfy(p -> assertThat(p.legal()).isNotEmpty());
  }
}

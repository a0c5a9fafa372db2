// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes before the seed, where a jump has room there and nowhere else. */
class InputFinderTest {

  /** No place behind the seed: the loop's start is reached from elsewhere too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          add $%d, %%rdi           | di:64 = V + (di - 1000)
          sub $%d, %%rdi           | di:64 = (1000 + di) - V
          xor $%d, %%edi           |
          lea %d(%%rdi), %%rdi     | di:64 = V + (di - 1000)
          """)
  void numberThatIsAddedIsPutRightBeforeItIsAdded(String seed, String text) throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> (seed + "\n1: mov %%rdi, (%%rsi)\ndec %%edx\njne 1b\nret").formatted(v),
            1000,
            2000,
            3000);
    SiteDraft site = f.sites().getFirst();
    assertThat(f.sites()).hasSize(1);
    if (text == null) {
      assertThat(site.skip()).as("no equation with one solution").isPresent();
      return;
    }
    assertThat(site.skip()).isEmpty();
    assertThat(site.instruction()).isZero();
    assertThat(site.jumpOptimisable()).isTrue();
    var w = site.writes().getFirst();
    assertThat(w.target() + ":" + w.width()).isEqualTo(text.substring(0, text.indexOf(' ')));
    for (int v : new int[] {1000, 2000, 3000, 1, 70_000}) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
    assertThat(f.prove(1001, 1002)).isInstanceOf(ProofResult.Failed.class);
  }

  /** Behind the sum there is room for a breakpoint alone, before it for a jump. */
  @Test
  void jumpBeforeIsBetterThanABreakpointBehind() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v -> "add $%d, %%rsi\ncmp %%rsi, %%rax\njs 1f\nmov %%rsi, (%%rdi)\n1: ret".formatted(v),
            1000,
            2000,
            3000);
    SiteDraft site = f.sites().getFirst();
    assertThat(site.jumpOptimisable()).isTrue();
    assertThat(site.candidates()).containsExactly(0);
    assertThat(site.spanEnd()).isEqualTo(7);
    assertThat(f.prove(5000)).isInstanceOf(ProofResult.Proved.class);
    assertThat(f.prove(5000, 5001)).isInstanceOf(ProofResult.Failed.class);
  }

  /** What the sum was computed from stands no more, but what that was computed from does. */
  @Test
  void inputIsComputedAnewFromBeforeTheSeeds() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                """
                cmp $1, %%cl
                sbb %%eax, %%eax
                and $%d, %%eax
                add $%d, %%eax
                cmp %%ax, %%dx
                jae 1f
                mov $0, %%eax
                ret
                1: mov $1, %%eax
                ret
                """
                    .formatted(-v, 2 * v),
            32,
            8,
            16);
    assertThat(f.sites()).hasSize(1);
    SiteDraft site = f.sites().getFirst();
    assertThat(site.jumpOptimisable()).isTrue();
    assertThat(site.instruction()).isEqualTo(3);
    assertThat(site.writes().getFirst().expression().text()).contains("cx", "V");
    for (int v : new int[] {32, 8, 16, 1, 48, 63}) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
    assertThat(f.prove(8, 16)).isInstanceOf(ProofResult.Failed.class);
  }

  /** A number rounded up to a multiple: the sum's probe leaves the mask's place to the mask's. */
  @Test
  void placeThatTheNextSeedNeedsIsLeftToIt() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                "add $%d, %%rdx\nand $%d, %%rdx\n1: mov %%rdx, (%%rsi)\ndec %%eax\njne 1b\nret"
                    .formatted(v, -v),
            1024,
            2048,
            4096);
    assertThat(f.sites()).hasSize(2);
    assertThat(f.sites().getFirst().jumpOptimisable()).isTrue();
    assertThat(f.sites().getFirst().skip()).isEmpty();
    assertThat(f.sites().getLast().skip()).isPresent();
    for (int v : new int[] {1024, 2048, 4096, 8192, 300}) {
      assertThat(f.prove(v)).as("at %d", v).isInstanceOf(ProofResult.Proved.class);
    }
    assertThat(f.prove(8192, 4096)).isInstanceOf(ProofResult.Failed.class);
  }

  /** The carry of the changed sum is another one, so the sum is made by the probe. */
  @Test
  void flagsOfTheSumThatAreReadStandInTheWay() throws IOException {
    IntFunction<String> code =
        v -> "add $%d, %%rdi\njc 1f\nmov %%rdi, (%%rsi)\n1: ret".formatted(v);
    AssembledVersions f = new AssembledVersions(code, 1000, 2000, 3000);
    assertThat(f.sites()).allMatch(s -> !s.jumpOptimisable());
    assertThat(f.prove(4000)).isInstanceOf(ProofResult.Proved.class);
    assertThat(f.prove(4000, code.apply(4000).replace("jc", "jo")))
        .isInstanceOf(ProofResult.Failed.class);
  }

  /** The register that would have to be changed is needed as it is. */
  @Test
  void inputThatIsReadElsewhereIsLeftAlone() throws IOException {
    AssembledVersions f =
        new AssembledVersions(
            v ->
                "lea %d(%%rdi), %%rax\n1: mov %%rax, (%%rsi)\nmov %%rdi, 8(%%rsi)\ndec %%edx\njne 1b\nret"
                    .formatted(v),
            1000,
            2000,
            3000);
    assertThat(f.sites()).hasSize(1);
    assertThat(f.sites().getFirst().skip()).isPresent();
    assertThat(f.prove(5000)).isInstanceOf(ProofResult.Proved.class);
  }
}

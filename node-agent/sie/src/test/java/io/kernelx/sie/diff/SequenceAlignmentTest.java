// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequenceAlignmentTest {
  @Test
  void partnersAreEqualInOrderAndAsManyAsPossible() {
    assertThat(SequenceAlignment.align(List.of(1, 2, 3, 4), List.of(1, 3, 9, 4)))
        .containsExactly(0, -1, 1, 3);
    assertThat(SequenceAlignment.align(List.of(), List.of(1))).isEmpty();
    assertThat(SequenceAlignment.align(List.of(1), List.of())).containsExactly(-1);
  }

  @Test
  void randomSequencesKeepTheRules() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      List<Integer> a =
          IntStream.range(0, random.nextInt(12)).map(i -> random.nextInt(4)).boxed().toList();
      List<Integer> b =
          IntStream.range(0, random.nextInt(12)).map(i -> random.nextInt(4)).boxed().toList();
      int[] partner = SequenceAlignment.align(a, b);
      int last = -1;
      int count = 0;
      for (int i = 0; i < a.size(); i++) {
        if (partner[i] >= 0) {
          assertThat(b.get(partner[i])).isEqualTo(a.get(i));
          assertThat(partner[i]).isGreaterThan(last);
          last = partner[i];
          count++;
        }
      }
      assertThat(count).isEqualTo(longest(a, b, 0, 0));
    }
  }

  private static int longest(List<Integer> a, List<Integer> b, int i, int j) {
    if (i == a.size() || j == b.size()) {
      return 0;
    }
    if (a.get(i).equals(b.get(j))) {
      return 1 + longest(a, b, i + 1, j + 1);
    }
    return Math.max(longest(a, b, i + 1, j), longest(a, b, i, j + 1));
  }
}

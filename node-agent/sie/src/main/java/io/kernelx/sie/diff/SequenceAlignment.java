// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import java.util.Arrays;
import java.util.List;

/** Aligns two sequences so that as many equal elements as possible stand opposite each other. */
final class SequenceAlignment {
  private SequenceAlignment() {}

  /**
   * Returns for each element of {@code a} the index of its partner in {@code b}, or -1. Partners
   * are equal and in order. Time and space are proportional to the product of what is left of the
   * lengths once common beginnings and ends are taken off.
   */
  static int[] align(List<?> a, List<?> b) {
    int[] partner = new int[a.size()];
    Arrays.fill(partner, -1);
    int head = 0;
    while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) {
      partner[head] = head;
      head++;
    }
    int tail = 0;
    while (tail < a.size() - head
        && tail < b.size() - head
        && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
      partner[a.size() - 1 - tail] = b.size() - 1 - tail;
      tail++;
    }
    middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail), partner, head);
    return partner;
  }

  private static void middle(List<?> a, List<?> b, int[] partner, int shift) {
    int[][] common = new int[a.size() + 1][b.size() + 1];
    for (int i = a.size() - 1; i >= 0; i--) {
      for (int j = b.size() - 1; j >= 0; j--) {
        common[i][j] =
            a.get(i).equals(b.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    while (i < a.size() && j < b.size()) {
      if (a.get(i).equals(b.get(j))) {
        partner[shift + i++] = shift + j++;
      } else if (common[i + 1][j] >= common[i][j + 1]) {
        i++;
      } else {
        j++;
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import java.util.List;

/**
 * Where the versions of a function differ within one basic block of V1: from the first differing
 * instruction to the last. Instructions of the block before and after it are equal, one for one, in
 * every version.
 *
 * @param block index of the block in V1
 * @param v1 V1's instructions, by index
 * @param seeds indices of the instructions of V1 that differ in at least one version; ascending,
 *     within {@code v1} (empty if other versions only add instructions)
 * @param others the aligned range in each other version, in the order of {@link
 *     DifferingFunction#others()}
 */
public record Region(int block, IndexRange v1, List<Integer> seeds, List<IndexRange> others) {
  public Region {
    seeds = List.copyOf(seeds);
    others = List.copyOf(others);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.diff.DifferingFunction.VersionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Joins the alignments of all versions of a function into regions. */
final class FunctionDiffer {
  private FunctionDiffer() {}

  /**
   * @param v1 V1's code
   * @param others the other versions' code
   * @param alignments of each other version with V1
   * @return per block of V1 in which any version differs one region, by ascending block
   */
  static List<Region> regions(
      FunctionCode v1, List<VersionCode> others, List<VersionAlignment> alignments) {
    List<Region> regions = new ArrayList<>();
    for (BasicBlock block : v1.blocks()) {
      TreeSet<Integer> seeds = new TreeSet<>();
      TreeSet<Integer> borders = new TreeSet<>();
      for (VersionAlignment alignment : alignments) {
        for (int i = block.first(); i < block.end(); i++) {
          if (alignment.partner()[i] < 0 && !alignment.neutral().contains(i)) {
            seeds.add(i);
            borders.add(i);
            borders.add(i + 1);
          }
        }
        borders.addAll(alignment.insertedBefore().get(block.index()));
      }
      if (!borders.isEmpty()) {
        IndexRange range = new IndexRange(borders.first(), borders.last());
        List<IndexRange> ranges = new ArrayList<>();
        for (int k = 0; k < others.size(); k++) {
          ranges.add(opposite(block, range, others.get(k).code(), alignments.get(k)));
        }
        regions.add(new Region(block.index(), range, List.copyOf(seeds), ranges));
      }
    }
    return regions;
  }

  private static IndexRange opposite(
      BasicBlock block, IndexRange range, FunctionCode other, VersionAlignment alignment) {
    BasicBlock partner = other.blocks().get(alignment.blockPairs().get(block.index()));
    int first = partner.first();
    for (int i = range.first() - 1; i >= block.first(); i--) {
      if (alignment.partner()[i] >= 0) {
        first = alignment.partner()[i] + 1;
        break;
      }
    }
    int end = partner.end();
    for (int i = range.end(); i < block.end(); i++) {
      if (alignment.partner()[i] >= 0) {
        end = alignment.partner()[i];
        break;
      }
    }
    return new IndexRange(first, end);
  }
}

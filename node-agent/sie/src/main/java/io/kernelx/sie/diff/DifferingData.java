// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Bytes;
import java.util.List;

/**
 * A variable or table whose initial content depends on the constant, while its size and place do
 * not.
 *
 * @param unit the source file it was compiled from
 * @param symbol the variable, or the section's name if no symbol covers the bytes
 * @param section the section
 * @param writable whether the kernel may write to it
 * @param offset of {@code v1} from the symbol's start
 * @param v1 the differing bytes, first to last, as V1 has them
 * @param others the same bytes in each other version
 */
public record DifferingData(
    String unit,
    String symbol,
    String section,
    boolean writable,
    long offset,
    Bytes v1,
    List<Bytes> others) {
  public DifferingData {
    others = List.copyOf(others);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

/**
 * A half-open range of instruction indices; may be empty.
 *
 * @param first the first index
 * @param end the index after the last
 */
public record IndexRange(int first, int end) {
  public int length() {
    return end - first;
  }

  public boolean contains(int index) {
    return first <= index && index < end;
  }
}

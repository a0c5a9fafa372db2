// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.rollout;

/**
 * A number of nodes, or a share of them.
 *
 * @param amount nodes, or percent
 * @param percent which of the two
 */
record NodeShare(int amount, boolean percent) {

  /** Reads {@code "3"} or {@code "10%"}; the schema has let through nothing else. */
  static NodeShare parse(String text, int absent) {
    if (text == null) {
      return new NodeShare(absent, false);
    }
    return text.endsWith("%")
        ? new NodeShare(Integer.parseInt(text.substring(0, text.length() - 1)), true)
        : new NodeShare(Integer.parseInt(text), false);
  }

  /** Returns how many of {@code total} nodes that is, rounded down. */
  int ofDown(int total) {
    return percent ? (int) ((long) total * amount / 100) : amount;
  }
}

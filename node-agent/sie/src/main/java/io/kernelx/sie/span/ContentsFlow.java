// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.diff.BasicBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Carries contents through the blocks of a function. Where ways join, either may have been taken.
 *
 * @param <T> what registers and slots hold
 */
final class ContentsFlow<T> {
  private final List<BasicBlock> blocks;
  private final BiConsumer<Contents<T>, BasicBlock> effect;

  /** What each block may begin with; null of one that is not known to be reached. */
  private final List<Contents<T>> entries = new ArrayList<>();

  /**
   * @param blocks of one function, each at its index
   * @param entry what a block at which the function can be entered begins with
   * @param effect makes of what a block begins with what it ends with
   */
  ContentsFlow(
      List<BasicBlock> blocks,
      Function<BasicBlock, Contents<T>> entry,
      BiConsumer<Contents<T>, BasicBlock> effect) {
    this.blocks = blocks;
    this.effect = effect;
    blocks.forEach(b -> entries.add(b.entry() ? entry.apply(b) : null));
  }

  /** Goes through the blocks until nothing changes. */
  void settle() {
    boolean changed = true;
    while (changed) {
      changed = once();
    }
  }

  /** Goes once through the blocks that are reached; returns whether one may begin with more. */
  boolean once() {
    boolean changed = false;
    for (BasicBlock block : blocks) {
      if (entries.get(block.index()) != null) {
        changed |= through(block);
      }
    }
    return changed;
  }

  private boolean through(BasicBlock block) {
    Contents<T> c = entries.get(block.index()).copy();
    effect.accept(c, block);
    boolean changed = false;
    for (int next : block.successors()) {
      if (entries.get(next) == null) {
        entries.set(next, c.copy());
        changed = true;
      } else {
        changed |= entries.get(next).join(c);
      }
    }
    return changed;
  }
}

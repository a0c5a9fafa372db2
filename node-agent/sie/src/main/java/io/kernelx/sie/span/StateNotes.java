// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.span.Content.Mark;
import io.kernelx.sie.span.StateUse.Kind;
import java.util.HashSet;
import java.util.Set;

/**
 * What one function shows of lasting memory, where it keeps, compares or hands on what it holds.
 */
final class StateNotes {
  private final String function;
  private final Set<StateUse> uses = new HashSet<>();

  StateNotes(String function) {
    this.function = function;
  }

  /** Returns what was noted so far; mutable. */
  Set<StateUse> uses() {
    return uses;
  }

  /** Something is put in lasting memory. */
  void kept(StatePlace place, Content content, Instruction i) {
    boolean back = content.state().stream().anyMatch(place::meets);
    boolean same = content.state().stream().anyMatch(place::alike);
    content.state().stream().filter(p -> !p.alike(place)).forEach(p -> note(Kind.COPIED, p, i));
    if (content.constant()) {
      note(Kind.MARKED, place, i);
    }
    if (content.sealed()) {
      note(Kind.SEALED, place, i);
    }
    out(content, i);
    if (back && content.has(Mark.RAISED)) {
      note(Kind.RAISED, place, i);
    }
    if (back && content.has(Mark.LOWERED)) {
      note(Kind.LOWERED, place, i);
    }
    if (content.has(Mark.BITS)) {
      note(Kind.BIT, place, i);
    }
    if (content.has(Mark.RESIDUE)) {
      note(Kind.REMAINDER_KEPT, place, i);
    }
    if (back && content.has(Mark.MIXED)) {
      note(Kind.ACCUMULATED, place, i);
    }
    if (!same && content.has(Mark.SHIFTED_DOWN)) {
      note(Kind.KEPT_DOWN, place, i);
    }
    if (content.has(Mark.SHIFTED_UP) || content.has(Mark.MULTIPLIED) && !same) {
      note(Kind.SHIFTED_UP, place, i);
    }
  }

  /** Something is handed on or returned. */
  void out(Content content, Instruction i) {
    position(content, i);
    scaled(content, i);
  }

  /** Something gets where others may see it. */
  void scaled(Content content, Instruction i) {
    if (content.has(Mark.SHIFTED_UP)
        && !content.has(Mark.SHIFTED_DOWN)
        && !content.has(Mark.FACTOR)) {
      note(Kind.SCALED_OUT, StatePlace.NONE, i);
    }
  }

  /**
   * Two are held against each other.
   *
   * @param equal whether only for being equal
   */
  void compared(Content a, Content b, Instruction i, boolean equal) {
    Content read = a.constant() ? b : a;
    Content number = a.constant() ? a : b;
    if (number.constant() && !(equal && read.has(Mark.ALTERED))) {
      Kind kind = equal ? Kind.RECOGNISED : Kind.LIMITED;
      read.state().forEach(p -> note(kind, p, i));
    }
    if (equal && a.sealed() != b.sealed()) {
      (a.sealed() ? b : a).state().forEach(p -> note(Kind.CHECKED, p, i));
    }
  }

  /** What leads there may be used by whoever gets it. */
  private void position(Content content, Instruction i) {
    if (content.has(Mark.POSITION)) {
      content.state().forEach(p -> note(Kind.POSITION, p, i));
    }
  }

  /** Something is done to a place. */
  void note(Kind kind, StatePlace place, Instruction i) {
    uses.add(new StateUse(kind, place, "%s+0x%x".formatted(function, i.offset())));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far the stack pointer stands from where it stood at the function's start, before each
 * instruction; and whether the frame's address gets into anything but the stack pointer, after
 * which any store may hit it.
 */
final class FrameDepth {

  private static final long UNSEEN = Long.MIN_VALUE;

  private final FunctionCode code;
  private final long[] before;
  private boolean known = true;
  private boolean escapes;

  FrameDepth(FunctionCode code) {
    this.code = code;
    this.before = new long[code.instructions().size()];
    java.util.Arrays.fill(before, UNSEEN);
    Deque<Integer> open = new ArrayDeque<>();
    code.blocks().stream().filter(b -> b.first() == 0).forEach(b -> enter(b, 0, open));
    while (!open.isEmpty()) {
      BasicBlock block = code.blocks().get(open.pop());
      long depth = before[block.first()];
      for (int i = block.first(); i < block.end(); i++) {
        before[i] = depth;
        depth += change(code.instructions().get(i));
      }
      for (int next : block.successors()) {
        enter(code.blocks().get(next), depth, open);
      }
    }
  }

  private void enter(BasicBlock block, long depth, Deque<Integer> open) {
    if (before[block.first()] == UNSEEN) {
      before[block.first()] = depth;
      open.push(block.index());
    } else if (before[block.first()] != depth) {
      known = false;
    }
  }

  /** Returns the distance of an operand of the own frame from the stack pointer at the start. */
  OptionalLong slot(int instruction, MemoryOperand m) {
    boolean own =
        known
            && before[instruction] != UNSEEN
            && m.index().isEmpty()
            && m.base().map(b -> b.container() == Register.RSP).orElse(false)
            && m.segment() != Register.FS
            && m.segment() != Register.GS;
    long pushed = m.visibility() == Operand.Visibility.HIDDEN && push(instruction) ? -8 : 0;
    return own
        ? OptionalLong.of(before[instruction] + pushed + m.displacement())
        : OptionalLong.empty();
  }

  private boolean push(int instruction) {
    return code.instructions().get(instruction).mnemonic().equals("push");
  }

  /** Returns whether the depth is known everywhere. */
  boolean known() {
    return known;
  }

  /** Returns how far the stack pointer stands from its start, if the depth is known there. */
  OptionalLong depth(int instruction) {
    return known && before[instruction] != UNSEEN
        ? OptionalLong.of(before[instruction])
        : OptionalLong.empty();
  }

  /** Returns the places that are pushed to anywhere in the function. */
  Set<Long> pushed() {
    Set<Long> slots = new TreeSet<>();
    for (int i = 0; i < before.length; i++) {
      if (push(i) && depth(i).isPresent()) {
        slots.add(before[i] - 8);
      }
    }
    return slots;
  }

  /** Returns whether only what names the stack pointer can touch the frame. */
  boolean closed() {
    return known && !escapes;
  }

  private long change(Instruction i) {
    List<Operand> visible = i.visibleOperands();
    boolean writes = false;
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r && r.view().container() == Register.RSP) {
        writes |= r.access().anyWrite();
        escapes |= r.visibility() != Operand.Visibility.HIDDEN && !r.access().anyWrite();
      }
      if (o instanceof MemoryOperand m
          && m.kind() == MemoryOperand.Kind.ADDRESS_ONLY
          && m.base().map(b -> b.container() == Register.RSP).orElse(false)) {
        escapes = true;
      }
    }
    if (!writes || i.branch().kind() != Branch.Kind.NONE) {
      return 0;
    }
    switch (i.mnemonic()) {
      case "push":
        return -8;
      case "pop":
        return 8;
      case "add", "sub":
        if (visible.get(1) instanceof ImmediateOperand m) {
          return i.mnemonic().equals("add") ? m.value() : -m.value();
        }
        break;
      default:
        break;
    }
    known = false;
    return 0;
  }
}

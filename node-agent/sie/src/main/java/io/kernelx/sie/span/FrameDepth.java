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
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far the stack pointer stands from where it stood at the function's start, before each
 * instruction; and whether the frame's address gets into anything but the stack pointer, after
 * which any store may hit it. Where the stack pointer is rounded down at the start, it counts as
 * round already: the distances are then right among each other, and not to what lies above.
 */
final class FrameDepth {

  private static final long UNSEEN = Long.MIN_VALUE;

  private final FunctionCode code;
  private final long[] before;
  private final Optional<Instruction> based;
  private long base = UNSEEN;
  private boolean known = true;
  private boolean escapes;

  FrameDepth(FunctionCode code) {
    this.code = code;
    this.before = new long[code.instructions().size()];
    Arrays.fill(before, UNSEEN);
    this.based = base(code);
    Deque<Integer> open = new ArrayDeque<>();
    code.blocks().stream().filter(b -> b.first() == 0).forEach(b -> enter(b, 0, open));
    while (!open.isEmpty()) {
      BasicBlock block = code.blocks().get(open.pop());
      long depth = before[block.first()];
      for (int i = block.first(); i < block.end(); i++) {
        before[i] = depth;
        depth = after(i, depth);
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

  /** Returns the lowest place of the stack pointer. */
  long lowest() {
    return Arrays.stream(before).filter(d -> d != UNSEEN).min().orElse(0);
  }

  /**
   * Returns the end of the frame's own variables: above it are the registers saved at the start.
   */
  long localsEnd() {
    Set<Long> saved = pushed();
    long end = 0;
    while (saved.contains(end - 8)) {
      end -= 8;
    }
    return end;
  }

  /** Returns whether only what names the stack pointer can touch the frame. */
  boolean closed() {
    return known && !escapes;
  }

  /** Returns the only instruction that writes the base pointer, but for those that restore it. */
  private static Optional<Instruction> base(FunctionCode code) {
    List<Instruction> writers =
        code.instructions().stream()
            .filter(i -> !Set.of("pop", "leave").contains(i.mnemonic()))
            .filter(i -> i.branch().kind() == Branch.Kind.NONE)
            .filter(
                i ->
                    i.operands().stream()
                        .anyMatch(
                            o ->
                                o instanceof RegisterOperand r
                                    && r.view().container() == Register.RBP
                                    && r.access().anyWrite()))
            .toList();
    return writers.size() == 1 && moves(writers.getFirst(), Register.RBP, Register.RSP)
        ? Optional.of(writers.getFirst())
        : Optional.empty();
  }

  private static boolean moves(Instruction i, Register to, Register from) {
    List<Operand> visible = i.visibleOperands();
    return i.mnemonic().equals("mov")
        && visible.get(0) instanceof RegisterOperand a
        && visible.get(1) instanceof RegisterOperand b
        && a.view().container() == to
        && b.view().container() == from;
  }

  private long after(int index, long depth) {
    Instruction i = code.instructions().get(index);
    if (based.filter(i::equals).isPresent()) {
      base = depth;
    }
    if (base != UNSEEN) {
      if (i.mnemonic().equals("leave")) {
        return base + 8;
      }
      if (moves(i, Register.RSP, Register.RBP)) {
        return base;
      }
      if (i.mnemonic().equals("lea")
          && i.visibleOperands().get(0) instanceof RegisterOperand r
          && r.view().container() == Register.RSP
          && i.visibleOperands().get(1) instanceof MemoryOperand m
          && m.index().isEmpty()
          && m.base().filter(b -> b.container() == Register.RBP).isPresent()) {
        return base + m.displacement();
      }
    }
    return depth + change(i);
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
      case "and":
        if (visible.get(1) instanceof ImmediateOperand m && m.value() < 0) {
          return 0;
        }
        break;
      default:
        break;
    }
    known = false;
    return 0;
  }
}

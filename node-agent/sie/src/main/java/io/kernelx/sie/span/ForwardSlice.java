// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.Hazard.Kind;
import io.kernelx.sie.symbolic.Calls;
import io.kernelx.sie.symbolic.MachineState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Follows a derived value forward through a function's code.
 *
 * <ol>
 *   <li>It begins in the registers that the probes write, at the probes.
 *   <li>What an instruction writes holds a derived value if anything it reads does, addresses
 *       included; what it overwrites without reading one is clean again. Block by block until
 *       nothing changes.
 *   <li>Each place where a derived value leaves the function is a hazard: call argument, return,
 *       tail call, store outside the own frame.
 *   <li>A derived value that is an allocator's argument, or part of an address, decides about the
 *       size or place of memory that was laid out for the old value.
 * </ol>
 */
final class ForwardSlice {

  /** Where the kernel's allocators take sizes and counts. */
  private static final Set<Register> SIZES = EnumSet.of(Register.RDI, Register.RSI, Register.RDX);

  private static final Set<Register> RESULTS = EnumSet.of(Register.RAX, Register.RDX);

  private final FunctionCode code;
  private final Map<Integer, Set<Register>> starts;
  private final FrameDepth frame;
  private final Taint[] entries;
  private final Map<Integer, Hazard> hazards = new TreeMap<>();
  private final Set<Integer> touched = new TreeSet<>();
  private final Map<Integer, String> sizes = new TreeMap<>();
  private boolean lost;

  /**
   * @param starts probed instruction's index to the registers written there; RIP stands for all
   *     that the instruction leaves, because the probe does its work
   */
  ForwardSlice(FunctionCode code, Map<Integer, Set<Register>> starts) {
    this.code = code;
    this.starts = Map.copyOf(starts);
    this.frame = new FrameDepth(code);
    this.entries = new Taint[code.blocks().size()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = new Taint();
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (BasicBlock block : code.blocks()) {
        Taint end = through(block);
        for (int next : block.successors()) {
          changed |= entries[next].addAll(end);
        }
      }
    }
  }

  List<Hazard> hazards() {
    return List.copyOf(hazards.values());
  }

  /**
   * Returns the indices of the instructions before which a derived value exists that may still be
   * used, and of those that use one, ascending.
   */
  List<Integer> instructions() {
    boolean[] used = new boolean[code.blocks().size()];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (BasicBlock b : code.blocks()) {
        boolean now =
            touched.stream().anyMatch(i -> b.first() <= i && i < b.end())
                || b.successors().stream().anyMatch(n -> used[n]);
        changed |= now != used[b.index()];
        used[b.index()] = now;
      }
    }
    Set<Integer> alive = new TreeSet<>(touched);
    for (BasicBlock b : code.blocks()) {
      boolean later = b.successors().stream().anyMatch(n -> used[n]);
      int last =
          touched.stream()
              .filter(i -> b.first() <= i && i < b.end())
              .mapToInt(i -> i)
              .max()
              .orElse(-1);
      through(
          b,
          (index, before) -> {
            if (!before.isEmpty() && (later || index < last)) {
              alive.add(index);
            }
          });
    }
    return List.copyOf(alive);
  }

  /** Returns how a derived value first decides about the size or place of memory, if one does. */
  Optional<String> sizesMemory() {
    return sizes.values().stream().findFirst();
  }

  /** Returns whether every way that a derived value can take has been seen. */
  boolean closed() {
    return frame.closed() && hazards.isEmpty() && !lost;
  }

  private Taint through(BasicBlock block) {
    return through(block, (_, _) -> {});
  }

  private Taint through(BasicBlock block, java.util.function.BiConsumer<Integer, Taint> before) {
    Taint t = entries[block.index()].copy();
    for (int i = block.first(); i < block.end(); i++) {
      if (starts.containsKey(i)) {
        t.registers.addAll(starts.get(i));
        t.registers.remove(Register.RIP);
        if (t.registers.remove(Register.RFLAGS)) {
          t.flags.addAll(MachineState.FLAGS);
        }
      }
      before.accept(i, t);
      step(t, i);
    }
    return t;
  }

  private void step(Taint t, int index) {
    Instruction i = code.instructions().get(index);
    boolean derived = reads(t, index, i);
    if (derived) {
      touched.add(index);
    }
    switch (i.branch().kind()) {
      case CALL, INDIRECT_CALL -> {
        Set<Register> seen = EnumSet.copyOf(Calls.passed(i, code.function()));
        seen.retainAll(t.registers);
        allocation(i, seen);
        if (!seen.isEmpty()) {
          touched.add(index);
          hazard(Kind.CALL_ARGUMENT, i, "is passed to the function called");
        }
        t.registers.removeAll(Calls.lost(i, code.function()));
        if (!seen.isEmpty()) {
          t.registers.add(Register.RAX);
        }
      }
      case RETURN -> leave(t, i, Kind.RETURN, RESULTS, "is returned");
      case JUMP -> jump(t, i);
      case CONDITIONAL, INDIRECT_JUMP -> lost |= outside(i) && !t.isEmpty();
      default -> writes(t, index, i, derived);
    }
  }

  private void allocation(Instruction call, Set<Register> derived) {
    String target = Calls.target(call, code.function());
    boolean allocates = target.contains("alloc") || target.startsWith("kmem_cache_create");
    if (allocates && SIZES.stream().anyMatch(derived::contains)) {
      sizes.putIfAbsent(
          call.offset(),
          "a value derived from the constant is given to %s at %s"
              .formatted(target.replaceAll("\\+-?\\d+$", ""), where(call)));
    }
  }

  private String where(Instruction i) {
    return "%s+0x%x".formatted(code.function().name(), i.offset());
  }

  private void jump(Taint t, Instruction i) {
    if (!outside(i)) {
      return;
    }
    String target = Calls.target(i, code.function());
    if (target.startsWith("__x86_return_thunk")) {
      leave(t, i, Kind.RETURN, RESULTS, "is returned");
    } else if (target.startsWith(code.function().name().replaceAll("\\.cold.*", ""))) {
      lost |= !t.isEmpty();
    } else {
      leave(t, i, Kind.TAIL_CALL, Calls.seen(i, code.function()), "is passed on by a tail call");
    }
  }

  private boolean outside(Instruction i) {
    return i.branch().kind() == Branch.Kind.INDIRECT_JUMP
        || !i.relocations().isEmpty()
        || code.function().localTargets().stream().anyMatch(l -> l.offset() == i.offset());
  }

  private void leave(Taint t, Instruction i, Kind kind, Set<Register> by, String how) {
    if (by.stream().anyMatch(t.registers::contains)) {
      hazard(kind, i, how);
    }
  }

  private boolean reads(Taint t, int index, Instruction i) {
    boolean clears =
        Set.of("xor", "sub").contains(i.mnemonic())
            && i.visibleOperands().size() == 2
            && i.visibleOperands().get(0) instanceof RegisterOperand a
            && i.visibleOperands().get(1) instanceof RegisterOperand b
            && a.view().equals(b.view());
    boolean derived = starts.getOrDefault(index, Set.of()).contains(Register.RIP);
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r) {
        derived |= !clears && r.access().anyRead() && tainted(t, r.view());
      } else if (o instanceof MemoryOperand m) {
        boolean place =
            m.base().map(b -> tainted(t, b)).orElse(false)
                || m.index().map(b -> tainted(t, b)).orElse(false);
        if (place && m.kind() != MemoryOperand.Kind.ADDRESS_ONLY && !i.mnemonic().equals("nop")) {
          sizes.putIfAbsent(
              i.offset(),
              "a value derived from the constant is part of the address that '%s' uses at %s"
                  .formatted(i.mnemonic(), where(i)));
        }
        derived |= place;
        OptionalLong slot = frame.slot(index, m);
        if (slot.isPresent() && m.access().anyRead()) {
          for (long b = 0; b < m.width() / 8; b++) {
            derived |= t.stack.contains(slot.getAsLong() + b);
          }
        }
      }
    }
    for (Flag f : i.flags().read()) {
      derived |= t.flags.contains(f);
    }
    return derived;
  }

  private static boolean tainted(Taint t, RegisterView view) {
    return t.registers.contains(view.container());
  }

  private void writes(Taint t, int index, Instruction i, boolean derived) {
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r && r.view().container().isGeneralPurpose()) {
        boolean stackPointer = r.view().container() == Register.RSP;
        if (derived && r.access().anyWrite() && !stackPointer) {
          t.registers.add(r.view().container());
        } else if (r.access().writes() && r.view().width() >= 32) {
          t.registers.remove(r.view().container());
        }
      } else if (o instanceof MemoryOperand m && m.access().anyWrite()) {
        store(t, index, i, m, derived);
      }
    }
    for (Flag f : i.flags().changed()) {
      if (derived && MachineState.FLAGS.contains(f)) {
        t.flags.add(f);
      } else {
        t.flags.remove(f);
      }
    }
  }

  private void store(Taint t, int index, Instruction i, MemoryOperand m, boolean derived) {
    OptionalLong slot = frame.slot(index, m);
    if (slot.isPresent()) {
      List<Long> bytes = new ArrayList<>();
      for (long b = 0; b < m.width() / 8; b++) {
        bytes.add(slot.getAsLong() + b);
      }
      if (derived) {
        t.stack.addAll(bytes);
      } else if (m.access().writes()) {
        bytes.forEach(t.stack::remove);
      }
    } else if (derived && m.kind() != MemoryOperand.Kind.ADDRESS_ONLY) {
      hazard(Kind.STORE, i, "is stored to memory that outlives the function");
    }
  }

  private void hazard(Kind kind, Instruction i, String how) {
    hazards.putIfAbsent(
        i.offset(),
        new Hazard(
            kind,
            code.function().name(),
            i.offset(),
            "A value derived from the constant %s at %s+0x%x."
                .formatted(how, code.function().name(), i.offset())));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.Hazard.Kind;
import io.kernelx.sie.span.Taint.Level;
import io.kernelx.sie.symbolic.Calls;
import io.kernelx.sie.symbolic.MachineState;
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
 *   <li>It begins in the registers that the probes write, at the probes, or in what the
 *       instructions write that differ between versions.
 *   <li>What an instruction writes holds a derived value if anything it reads does, addresses
 *       included; what it overwrites without reading one is clean again. Block by block until
 *       nothing changes.
 *   <li>Each place where a derived value leaves the function is a hazard: call argument, in a
 *       register or pushed, return, tail call, store outside the own frame.
 *   <li>What {@link MemoryRule} finds on the way is noted.
 * </ol>
 */
final class ForwardSlice {

  private static final Set<Register> RESULTS = EnumSet.of(Register.RAX, Register.RDX);

  private final FunctionCode code;
  private final Map<Integer, Set<Register>> starts;
  private final Set<Integer> seeds;
  private final MemoryRule memory;
  private final FrameDepth frame;
  private final FramePointers pointers;
  private final Set<Long> pushed;
  private final Taint[] entries;
  private final Map<Integer, Hazard> hazards = new TreeMap<>();
  private final Set<Integer> touched = new TreeSet<>();
  private boolean lost;

  /**
   * @param starts probed instruction's index to the registers written there; RIP stands for all
   *     that the instruction leaves, because the probe does its work
   * @param seeds indices of instructions whose results are derived, whatever they read
   * @param called the unit's other functions
   */
  ForwardSlice(
      FunctionCode code,
      Map<Integer, Set<Register>> starts,
      Set<Integer> seeds,
      CalledCode called) {
    this(code, starts, seeds, Set.of(), called);
  }

  /**
   * @param stack bytes above the return address that are derived when the function begins, counted
   *     from where the stack pointer stands then
   */
  ForwardSlice(
      FunctionCode code,
      Map<Integer, Set<Register>> starts,
      Set<Integer> seeds,
      Set<Long> stack,
      CalledCode called) {
    this.code = code;
    this.starts = Map.copyOf(starts);
    this.seeds = Set.copyOf(seeds);
    this.memory = new MemoryRule(code, called);
    this.frame = new FrameDepth(code);
    this.pointers = new FramePointers(code, frame);
    this.pushed = frame.pushed();
    this.entries = new Taint[code.blocks().size()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = new Taint();
    }
    stack.forEach(b -> entries[0].addSlot(b, 1, Level.STRONG));
    if (!stack.isEmpty() && !frame.known()) {
      memory.unfollowed(code.instructions().getFirst());
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
    return memory.first();
  }

  /** Returns whether every way that a derived value can take has been seen. */
  boolean closed() {
    return frame.closed() && hazards.isEmpty() && !lost;
  }

  /** Returns whether a derived value may be alive in another part of the function. */
  boolean lost() {
    return lost;
  }

  private Taint through(BasicBlock block) {
    return through(block, (_, _) -> {});
  }

  private Taint through(BasicBlock block, java.util.function.BiConsumer<Integer, Taint> before) {
    Taint t = entries[block.index()].copy();
    for (int i = block.first(); i < block.end(); i++) {
      for (Register r : starts.getOrDefault(i, Set.of())) {
        if (r == Register.RFLAGS) {
          t.flags.addAll(MachineState.FLAGS);
        } else if (r != Register.RIP) {
          t.add(r, Level.STRONG);
        }
      }
      before.accept(i, t);
      step(t, i);
    }
    return t;
  }

  private void step(Taint t, int index) {
    Instruction i = code.instructions().get(index);
    boolean seed =
        seeds.contains(index) || starts.getOrDefault(index, Set.of()).contains(Register.RIP);
    Level derived = seed ? Level.STRONG : Level.NONE;
    derived = derived.or(reads(t, index, i));
    memory.repeat(i, t);
    if (derived.derived()) {
      touched.add(index);
    }
    switch (i.branch().kind()) {
      case CALL, INDIRECT_CALL -> {
        if (Calls.target(i, code.function()).startsWith("__fentry__")) {
          return; // Keeps every register.
        }
        Set<Register> passed = Calls.passed(i, code.function());
        memory.call(
            i, both(passed, t.registers(Level.STRONG)), handed(t.slots(Level.STRONG), index));
        boolean seen =
            !both(passed, t.registers(Level.WEAK)).isEmpty()
                || !handed(t.slots(Level.WEAK), index).isEmpty();
        if (seen) {
          touched.add(index);
          hazard(Kind.CALL_ARGUMENT, i, "is passed to the function called");
        }
        Calls.lost(i, code.function()).forEach(r -> t.set(r, Level.NONE));
        if (seen) {
          t.add(Register.RAX, Level.WEAK);
        }
      }
      case RETURN -> leave(t, i, Kind.RETURN, RESULTS, "is returned");
      case JUMP -> jump(t, index, i);
      case CONDITIONAL, INDIRECT_JUMP -> lost |= outside(i) && !t.isEmpty();
      default -> writes(t, index, i, derived);
    }
  }

  private static Set<Register> both(Set<Register> a, Set<Register> b) {
    Set<Register> both = EnumSet.noneOf(Register.class);
    both.addAll(a);
    both.retainAll(b);
    return both;
  }

  private String where(Instruction i) {
    return "%s+0x%x".formatted(code.function().name(), i.offset());
  }

  /**
   * Returns the bytes of what was pushed that the function called finds above its return address,
   * counted from where the stack pointer stands when it begins.
   */
  private Set<Long> handed(Set<Long> derived, int call) {
    Set<Long> bytes = new TreeSet<>();
    frame
        .depth(call)
        .ifPresent(
            top ->
                derived.stream()
                    .filter(b -> b >= top && pushed.stream().anyMatch(s -> s <= b && b < s + 8))
                    .forEach(b -> bytes.add(b - top + 8)));
    return bytes;
  }

  /** Returns the bytes of the own arguments' place that a tail call hands on. */
  private Set<Long> handedOn(Set<Long> derived, int jump) {
    Set<Long> bytes = new TreeSet<>();
    frame
        .depth(jump)
        .ifPresent(
            top -> derived.stream().filter(b -> b >= top + 8).forEach(b -> bytes.add(b - top)));
    return bytes;
  }

  private void jump(Taint t, int index, Instruction i) {
    if (!outside(i)) {
      return;
    }
    String target = Calls.target(i, code.function());
    if (target.startsWith("__x86_return_thunk")) {
      leave(t, i, Kind.RETURN, RESULTS, "is returned");
    } else if (target.startsWith(code.function().name().replaceAll("\\.cold.*", ""))) {
      lost |= !t.isEmpty();
    } else {
      Set<Register> seen = Calls.seen(i, code.function());
      leave(t, i, Kind.TAIL_CALL, seen, "is passed on by a tail call");
      if (!handedOn(t.slots(Level.WEAK), index).isEmpty()) {
        hazard(Kind.TAIL_CALL, i, "is passed on by a tail call");
      }
      memory.call(i, both(seen, t.registers(Level.STRONG)), handedOn(t.slots(Level.STRONG), index));
    }
  }

  private boolean outside(Instruction i) {
    return i.branch().kind() == Branch.Kind.INDIRECT_JUMP
        || !i.relocations().isEmpty()
        || code.function().localTargets().stream().anyMatch(l -> l.offset() == i.offset());
  }

  private void leave(Taint t, Instruction i, Kind kind, Set<Register> by, String how) {
    if (!both(by, t.registers(Level.WEAK)).isEmpty()) {
      hazard(kind, i, how);
    }
  }

  /** Returns how far what the instruction reads is derived. */
  private Level reads(Taint t, int index, Instruction i) {
    boolean clears =
        Set.of("xor", "sub").contains(i.mnemonic())
            && i.visibleOperands().size() == 2
            && i.visibleOperands().get(0) instanceof RegisterOperand a
            && i.visibleOperands().get(1) instanceof RegisterOperand b
            && a.view().equals(b.view());
    Level derived = Level.NONE;
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r) {
        if (!clears && r.access().anyRead()) {
          derived = derived.or(t.of(r.view().container()));
        }
      } else if (o instanceof MemoryOperand m) {
        derived = derived.or(reads(t, index, i, m));
      }
    }
    boolean compared = i.flags().read().stream().anyMatch(t.flags::contains);
    return compared ? derived.or(Level.WEAK) : derived;
  }

  private Level reads(Taint t, int index, Instruction i, MemoryOperand m) {
    Level base = m.base().map(v -> t.of(v.container())).orElse(Level.NONE);
    Level place = m.index().map(v -> t.of(v.container())).orElse(Level.NONE).or(base);
    memory.address(i, m, place);
    OptionalLong slot = frame.slot(index, m);
    Level content = Level.NONE;
    if (m.access().anyRead() && m.kind() != MemoryOperand.Kind.ADDRESS_ONLY) {
      content =
          slot.isPresent()
              ? t.ofSlot(slot.getAsLong(), slot.getAsLong() + m.width() / 8)
              : elsewhere(t, index, m);
    }
    boolean address = m.kind() == MemoryOperand.Kind.ADDRESS_ONLY;
    return content.or(address ? place : place.atMost(Level.WEAK));
  }

  /** What is read by an index, or by a pointer of which no more is known, may lie further up. */
  private Level elsewhere(Taint t, int index, MemoryOperand m) {
    Optional<FramePointers.Address> at = pointers.address(index, m);
    return at.map(a -> t.ofSlot(a.low(), end(a, m))).orElse(Level.NONE);
  }

  private long end(FramePointers.Address at, MemoryOperand m) {
    return at.exact() ? at.low() + m.width() / 8 : frame.localsEnd();
  }

  private void writes(Taint t, int index, Instruction i, Level derived) {
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r && r.view().container().isGeneralPurpose()) {
        Register register = r.view().container();
        if (derived.derived() && r.access().anyWrite() && register != Register.RSP) {
          if (r.access().writes() && r.view().width() >= 32) {
            t.set(register, derived);
          } else {
            t.add(register, derived);
          }
        } else if (r.access().writes() && r.view().width() >= 32) {
          t.set(register, Level.NONE);
        }
      } else if (o instanceof MemoryOperand m && m.access().anyWrite()) {
        store(t, index, i, m, derived);
      }
    }
    for (Flag f : i.flags().changed()) {
      if (derived.derived() && MachineState.FLAGS.contains(f)) {
        t.flags.add(f);
      } else {
        t.flags.remove(f);
      }
    }
  }

  private void store(Taint t, int index, Instruction i, MemoryOperand m, Level derived) {
    OptionalLong slot = frame.slot(index, m);
    int bytes = m.width() / 8;
    if (slot.isPresent()) {
      if (m.access().writes()) {
        t.clearSlot(slot.getAsLong(), bytes);
      }
      t.addSlot(slot.getAsLong(), bytes, derived);
    } else if (derived.derived() && m.kind() != MemoryOperand.Kind.ADDRESS_ONLY) {
      pointers
          .address(index, m)
          .ifPresent(a -> t.addSlots(Math.max(a.low(), frame.lowest()), end(a, m), derived));
      if (i.mnemonic().equals("push") && derived == Level.STRONG) {
        memory.unfollowed(i);
      }
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
            "A value derived from the constant %s at %s.".formatted(how, where(i)),
            ""));
  }
}

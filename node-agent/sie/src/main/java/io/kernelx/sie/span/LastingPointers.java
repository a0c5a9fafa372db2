// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Operand.Visibility;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.symbolic.Calls;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which place of memory an operand names, also where the code has moved the pointer before.
 *
 * <ol>
 *   <li>What an argument, a call or memory gives begins a thing of its own ({@link Pointer}), if no
 *       more is known of it; a relocation names a variable, the stack pointer the own frame.
 *   <li>Copies keep it, in registers and in slots. A number that is added moves it; of one that is
 *       not known the thing stays the same, and of how far only what it is a multiple of is known.
 *   <li>Where ways join, either may have been taken: a pointer that a loop moves is so many steps
 *       on. Block by block until nothing changes.
 * </ol>
 */
final class LastingPointers {
  private static final int WIDEST_SHIFT = 32;

  private final FunctionCode code;
  private final FrameDepth frame;
  private final List<Map<MemoryOperand, StatePlace>> places = new ArrayList<>();
  private final Map<Integer, Map<Register, Pointer>> passed = new HashMap<>();
  private boolean given;

  /**
   * @param arguments what registers hold when the function begins, as far as anything is known of
   *     it
   */
  LastingPointers(FunctionCode code, FrameDepth frame, Map<Register, Pointer> arguments) {
    this.code = code;
    this.frame = frame;
    code.instructions().forEach(_ -> places.add(new HashMap<>()));
    new ContentsFlow<Pointer>(code.blocks(), b -> entry(b, arguments), this::through).settle();
  }

  private static Contents<Pointer> entry(BasicBlock block, Map<Register, Pointer> arguments) {
    Contents<Pointer> entry = new Contents<>(Pointer.FRESH, Pointer::or);
    if (block.first() == 0) {
      arguments.forEach(entry::set);
    }
    return entry;
  }

  /**
   * Returns the place that an operand names.
   *
   * @param instruction its index; of one that can be reached
   */
  StatePlace place(int instruction, MemoryOperand m) {
    return places.get(instruction).get(m);
  }

  /** Returns what registers hold where another function is called or jumped to. */
  Map<Register, Pointer> passed(int instruction) {
    return passed.getOrDefault(instruction, Map.of());
  }

  /** Returns whether others may get to know where the frame is, and put something there. */
  boolean given() {
    return given;
  }

  private void through(Contents<Pointer> c, BasicBlock block) {
    for (int i = block.first(); i < block.end(); i++) {
      for (Operand o : code.instructions().get(i).operands()) {
        if (o instanceof MemoryOperand m) {
          places.get(i).put(m, place(c, i, m));
        }
      }
      leave(c, i);
      step(c, i);
    }
  }

  private void leave(Contents<Pointer> c, int index) {
    Instruction i = code.instructions().get(index);
    if (i.branch().kind() == Branch.Kind.CALL || i.branch().kind() == Branch.Kind.JUMP) {
      Map<Register, Pointer> held = new EnumMap<>(Register.class);
      Calls.passed(i, code.function()).forEach(r -> held.put(r, c.of(r)));
      passed.put(index, held);
    }
  }

  private StatePlace place(Contents<Pointer> c, int index, MemoryOperand m) {
    OptionalLong slot = frame.slot(index, m);
    Pointer at =
        slot.isPresent()
            ? Pointer.frame(code.function().name(), slot.getAsLong())
            : address(c, index, m);
    return new StatePlace(m.segment() == Register.GS, at, Math.max(1, m.width() / 8));
  }

  private Pointer address(Contents<Pointer> c, int index, MemoryOperand m) {
    Instruction i = code.instructions().get(index);
    Pointer at =
        m.base()
            .filter(_ -> !m.ripRelative())
            .map(b -> of(c, index, b.container()))
            .orElse(Pointer.number(0));
    if (m.index().isPresent()) {
      Pointer more = of(c, index, m.index().get().container());
      at = at.plus(m.scale() > 1 ? more.times(m.scale()) : more);
    }
    var relocation = i.relocation(m.displacementField());
    if (relocation.isEmpty()) {
      return at.moved(m.displacement());
    }
    long from = m.ripRelative() ? i.end() - relocation.get().offset() : 0;
    return at.plus(Pointer.variable(relocation.get().symbol(), relocation.get().addend() + from));
  }

  private Pointer of(Contents<Pointer> c, int index, Register register) {
    if (register != Register.RSP) {
      return c.of(register);
    }
    OptionalLong depth = frame.depth(index);
    Pointer own = Pointer.frame(code.function().name(), depth.orElse(0));
    return depth.isPresent() ? own : own.loosened();
  }

  private Pointer of(Contents<Pointer> c, int index, Operand o) {
    return switch (o) {
      case RegisterOperand r -> of(c, index, r.view().container());
      case ImmediateOperand m ->
          code.instructions()
              .get(index)
              .relocation(m.field())
              .map(r -> Pointer.variable(r.symbol(), r.addend()))
              .orElse(Pointer.number(m.value()));
      case MemoryOperand m -> {
        StatePlace place = place(c, index, m);
        yield place.own() ? c.read(place) : Pointer.FRESH;
      }
    };
  }

  private void step(Contents<Pointer> c, int index) {
    Instruction i = code.instructions().get(index);
    if (i.branch().kind() == Branch.Kind.CALL || i.branch().kind() == Branch.Kind.INDIRECT_CALL) {
      call(c, i);
      return;
    }
    List<Operand> visible = i.visibleOperands();
    Pointer result = visible.isEmpty() ? Pointer.FRESH : result(c, index, i, visible);
    for (Operand o : i.operands()) {
      boolean to = i.mnemonic().equals("push") || !visible.isEmpty() && o == visible.getFirst();
      if (o.access().anyWrite()) {
        write(c, index, o, to ? result : Pointer.FRESH);
      }
    }
  }

  private void call(Contents<Pointer> c, Instruction call) {
    if (!Calls.target(call, code.function()).startsWith("__fentry__")) {
      given |=
          Calls.passed(call, code.function()).stream()
              .anyMatch(r -> c.of(r).root() == Pointer.Root.FRAME);
      Calls.lost(call, code.function()).forEach(r -> c.set(r, Pointer.FRESH));
      c.set(Register.RAX, Pointer.FRESH);
    }
  }

  private void write(Contents<Pointer> c, int index, Operand to, Pointer pointer) {
    if (to instanceof RegisterOperand r && r.view().container() != Register.RSP) {
      Register register = r.view().container();
      switch (r.view().width()) {
        case Long.SIZE -> c.set(register, pointer);
        case Integer.SIZE -> c.set(register, pointer.narrowed());
        default -> c.set(register, c.of(register).loosened());
      }
    } else if (to instanceof MemoryOperand m) {
      StatePlace place = place(c, index, m);
      if (place.own()) {
        c.write(place, m.width() == Long.SIZE ? pointer : pointer.narrowed());
      } else {
        given |= pointer.root() == Pointer.Root.FRAME;
      }
    }
  }

  /** Returns what an instruction leaves in its first operand, or pushes. */
  private Pointer result(Contents<Pointer> c, int index, Instruction i, List<Operand> visible) {
    Pointer a = of(c, index, visible.getFirst());
    if (visible.size() == 1) {
      return switch (i.mnemonic()) {
        case "push" -> a;
        case "pop" -> popped(c, index, i);
        case "inc" -> a.moved(1);
        case "dec" -> a.moved(-1);
        case "neg" -> Pointer.number(0).minus(a);
        default -> Pointer.FRESH;
      };
    }
    Operand other = visible.get(1);
    boolean same =
        visible.getFirst() instanceof RegisterOperand r
            && other instanceof RegisterOperand s
            && r.view().equals(s.view());
    Pointer b = of(c, index, other);
    return switch (i.mnemonic()) {
      case "mov" -> b;
      case "movzx", "movsx", "movsxd" -> b.narrowed();
      case "lea" -> other instanceof MemoryOperand m ? address(c, index, m) : Pointer.FRESH;
      case "add" -> a.plus(b);
      case "sub" -> same ? Pointer.number(0) : a.minus(b);
      case "xor" -> same ? Pointer.number(0) : Pointer.FRESH;
      case "and", "or" -> same ? a : a.loosened();
      case "shl" -> shifted(a, other);
      case "imul" ->
          visible.getLast() instanceof ImmediateOperand m
              ? b.times(m.value())
              : Pointer.SOME_NUMBER;
      default -> i.mnemonic().startsWith("cmov") ? a.or(b) : Pointer.FRESH;
    };
  }

  private static Pointer shifted(Pointer a, Operand by) {
    return by instanceof ImmediateOperand m && m.value() > 0 && m.value() < WIDEST_SHIFT
        ? a.times(1L << m.value())
        : Pointer.FRESH;
  }

  private Pointer popped(Contents<Pointer> c, int index, Instruction i) {
    return i.operands().stream()
        .filter(o -> o.visibility() == Visibility.HIDDEN && o instanceof MemoryOperand)
        .map(o -> of(c, index, o))
        .findFirst()
        .orElse(Pointer.FRESH);
  }
}

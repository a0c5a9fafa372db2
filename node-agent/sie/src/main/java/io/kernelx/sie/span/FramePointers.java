// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.decode.RegisterView;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.symbolic.Calls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which registers may hold addresses of the own frame, so that arrays and structures there are
 * followed too when they are reached by a pointer or an index.
 *
 * <ol>
 *   <li>An address begins where one is taken from the stack pointer. It is known exactly, or by the
 *       lowest byte that it may lead to.
 *   <li>Copies keep it, in registers and in slots; adding a number moves it, and what else is added
 *       is taken for a positive index. Whatever else is done to it, it may lead anywhere in the
 *       frame afterwards.
 *   <li>Where ways join, the lower one counts, and is no longer exact. A call returns an address
 *       only if it is one of those that return what they were given ({@code memcpy}).
 * </ol>
 */
final class FramePointers {
  private static final Address ANYWHERE = new Address(Long.MIN_VALUE, false);

  /**
   * Where in the frame something leads.
   *
   * @param low the lowest byte, counted from where the stack pointer stood at the function's start
   * @param exact whether it leads nowhere else
   */
  record Address(long low, boolean exact) {
    Address inexact() {
      return new Address(low, false);
    }

    Address or(Address other) {
      return equals(other) ? this : new Address(Math.min(low, other.low), false);
    }
  }

  /** Who holds which address: registers, and slots of the frame by their first byte. */
  private record Holder(Optional<Register> register, long slot) {
    static Holder of(RegisterView view) {
      return new Holder(Optional.of(view.container()), 0);
    }
  }

  private final FunctionCode code;
  private final FrameDepth frame;
  private final long lowest;
  private final List<Map<Holder, Address>> entries;
  private final Map<Integer, Map<Register, Address>> before = new HashMap<>();

  FramePointers(FunctionCode code, FrameDepth frame) {
    this.code = code;
    this.frame = frame;
    this.lowest = frame.lowest();
    this.entries = code.blocks().stream().<Map<Holder, Address>>map(_ -> new HashMap<>()).toList();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (BasicBlock block : code.blocks()) {
        Map<Holder, Address> end = new HashMap<>(entries.get(block.index()));
        for (int i = block.first(); i < block.end(); i++) {
          note(i, end);
          step(end, i);
        }
        for (int next : block.successors()) {
          changed |= join(entries.get(next), end);
        }
      }
    }
  }

  /**
   * Returns where in the frame an operand may lead; empty if it does not lead there.
   *
   * @param m of the instruction
   */
  Optional<Address> address(int instruction, MemoryOperand m) {
    if (m.segment() == Register.FS || m.segment() == Register.GS) {
      return Optional.empty();
    }
    Map<Register, Address> held = before.getOrDefault(instruction, Map.of());
    Optional<Address> base = m.base().flatMap(b -> of(held, b.container(), instruction));
    Optional<Address> index = m.index().flatMap(b -> of(held, b.container(), instruction));
    if (base.isEmpty()) {
      return index.map(_ -> ANYWHERE);
    }
    Address at = moved(base.get(), m.displacement());
    return Optional.of(m.index().isEmpty() ? at : at.inexact());
  }

  private Optional<Address> of(Map<Register, Address> held, Register r, int instruction) {
    if (r != Register.RSP) {
      return Optional.ofNullable(held.get(r));
    }
    OptionalLong depth = frame.depth(instruction);
    return Optional.of(depth.isPresent() ? new Address(depth.getAsLong(), true) : ANYWHERE);
  }

  private void note(int index, Map<Holder, Address> held) {
    Map<Register, Address> registers = new HashMap<>();
    held.forEach((h, low) -> h.register().ifPresent(r -> registers.put(r, low)));
    before.put(index, registers);
  }

  private static boolean join(Map<Holder, Address> own, Map<Holder, Address> other) {
    boolean changed = false;
    for (Map.Entry<Holder, Address> e : other.entrySet()) {
      Address known = own.get(e.getKey());
      Address both = known == null ? e.getValue() : known.or(e.getValue());
      changed |= !both.equals(known);
      own.put(e.getKey(), both);
    }
    return changed;
  }

  /** What a loop moves down leads anywhere once it has left the frame. */
  private Address moved(Address a, long by) {
    return a.equals(ANYWHERE) || a.low() + by < lowest
        ? ANYWHERE
        : new Address(a.low() + by, a.exact());
  }

  private void step(Map<Holder, Address> held, int index) {
    Instruction i = code.instructions().get(index);
    if (i.branch().kind() == Branch.Kind.CALL || i.branch().kind() == Branch.Kind.INDIRECT_CALL) {
      call(held, i);
      return;
    }
    List<Operand> visible = i.visibleOperands();
    Optional<Address> result = Optional.empty();
    if (visible.size() == 2) {
      result = result(held, index, i, visible.get(0), visible.get(1));
    }
    for (Operand o : i.operands()) {
      if (o instanceof RegisterOperand r
          && r.access().anyWrite()
          && r.view().container() != Register.RSP) {
        put(
            held,
            Holder.of(r.view()),
            r.visibility() == Operand.Visibility.HIDDEN ? Optional.empty() : result);
      } else if (o instanceof MemoryOperand m && m.access().anyWrite()) {
        OptionalLong slot = frame.slot(index, m);
        if (slot.isPresent()) {
          put(held, new Holder(Optional.empty(), slot.getAsLong()), result);
        }
      }
    }
  }

  private static void put(Map<Holder, Address> held, Holder holder, Optional<Address> address) {
    address.ifPresentOrElse(a -> held.put(holder, a), () -> held.remove(holder));
  }

  /** Returns the address that an instruction of two operands leaves in the first. */
  private Optional<Address> result(
      Map<Holder, Address> held, int index, Instruction i, Operand to, Operand from) {
    Optional<Address> a = of(held, index, to);
    Optional<Address> b = of(held, index, from);
    return switch (i.mnemonic()) {
      case "mov" -> b;
      case "lea" -> from instanceof MemoryOperand m ? address(index, m) : Optional.empty();
      case "add" ->
          from instanceof ImmediateOperand m
              ? a.map(l -> moved(l, m.value()))
              : a.or(() -> b).map(Address::inexact);
      case "sub" ->
          from instanceof ImmediateOperand m
              ? a.map(l -> moved(l, -m.value()))
              : a.map(_ -> ANYWHERE);
      case "cmp", "test" -> a;
      default ->
          i.mnemonic().startsWith("cmov")
              ? a.isPresent() && b.isPresent() ? a.map(l -> l.or(b.get())) : a.or(() -> b)
              : a.map(_ -> ANYWHERE);
    };
  }

  private Optional<Address> of(Map<Holder, Address> held, int index, Operand o) {
    return switch (o) {
      case RegisterOperand r -> of(before.get(index), r.view().container(), index);
      case MemoryOperand m -> {
        OptionalLong slot = frame.slot(index, m);
        yield slot.isPresent()
            ? Optional.ofNullable(held.get(new Holder(Optional.empty(), slot.getAsLong())))
            : Optional.empty();
      }
      case ImmediateOperand _ -> Optional.empty();
    };
  }

  private void call(Map<Holder, Address> held, Instruction call) {
    String target = Calls.target(call, code.function());
    if (target.startsWith("__fentry__")) {
      return;
    }
    Optional<Address> given =
        Optional.ofNullable(held.get(new Holder(Optional.of(Register.RDI), 0)));
    Set<Register> lost = Calls.lost(call, code.function());
    lost.forEach(r -> held.remove(new Holder(Optional.of(r), 0)));
    boolean returned = target.matches("_*(mem|str).*");
    put(held, new Holder(Optional.of(Register.RAX), 0), returned ? given : Optional.empty());
  }
}

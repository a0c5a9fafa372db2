// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.span;

import io.kernelx.sie.decode.Branch;
import io.kernelx.sie.decode.Condition;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.BasicBlock;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.span.Content.Mark;
import io.kernelx.sie.span.StateUse.Kind;
import io.kernelx.sie.symbolic.Calls;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Follows, through one function, what is read from memory that outlives it and the numbers that
 * follow the constant, and notes where they meet.
 *
 * <ol>
 *   <li>A load from anywhere but the own frame, or the registers with which a system call was made,
 *       yields what that place holds; a number in an instruction that differs between versions is
 *       one of the constant's.
 *   <li>Registers and slots of the frame carry both on, block by block until nothing changes; what
 *       a call may change is forgotten. Where ways join, either may have been taken.
 *   <li>What an operation or a store shows of lasting memory ({@link StateMeaning}) is noted.
 * </ol>
 */
final class StateSlice {

  /** How the kernel names functions whose only argument is where the caller's registers are. */
  private static final Pattern SYSTEM_CALL = Pattern.compile("__(x64|ia32)_(compat_)?sys_\\w+");

  private static final Set<String> SHIFTS = Set.of("shl", "shr", "sar");

  private final FunctionCode code;
  private final Set<Integer> seeds;
  private final OptionalInt factor;
  private final FrameDepth frame;
  private final LastingPointers pointers;
  private final StateNotes notes;

  /**
   * @param seeds indices of the instructions that differ between versions
   * @param factor the shift that multiplies by the compiled value, if one does
   * @param arguments where what the function is given leads, as far as that is known
   */
  StateSlice(
      FunctionCode code, Set<Integer> seeds, OptionalInt factor, Map<Register, Pointer> arguments) {
    this.code = code;
    this.seeds = Set.copyOf(seeds);
    this.factor = factor;
    this.notes = new StateNotes(code.function().name());
    this.frame = new FrameDepth(code);
    this.pointers = new LastingPointers(code, frame, arguments);
    var flow = new ContentsFlow<Content>(code.blocks(), _ -> entry(), this::through);
    flow.settle();
    notes.uses().clear(); // What was noted of contents that were not known whole yet.
    flow.once();
  }

  private Contents<Content> entry() {
    Contents<Content> entry = new Contents<>(Content.NOTHING, Content::or);
    if (SYSTEM_CALL.matcher(code.function().name()).matches()) {
      entry.set(Register.RDI, Content.REGISTERS);
    }
    return entry;
  }

  /** Returns what was noted. */
  Set<StateUse> uses() {
    return Set.copyOf(notes.uses());
  }

  private void through(Contents<Content> c, BasicBlock block) {
    for (int i = block.first(); i < block.end(); i++) {
      step(c, i, block);
    }
  }

  private void step(Contents<Content> c, int index, BasicBlock block) {
    Instruction i = code.instructions().get(index);
    if (i.branch().kind() == Branch.Kind.CALL || i.branch().kind() == Branch.Kind.INDIRECT_CALL) {
      if (!Calls.target(i, code.function()).startsWith("__fentry__")) {
        Set<Register> passed = Calls.passed(i, code.function());
        boolean given = passed.stream().anyMatch(r -> c.of(r).derived());
        passed.forEach(r -> notes.out(c.of(r), i));
        Calls.lost(i, code.function()).forEach(r -> c.set(r, Content.NOTHING));
        c.set(Register.RAX, given ? Content.answer() : Content.NOTHING);
      }
      return;
    }
    leaves(c, i);
    List<Operand> visible = i.visibleOperands();
    if (i.branch().kind() != Branch.Kind.NONE || visible.isEmpty() || i.mnemonic().equals("nop")) {
      return;
    }
    Operand first = visible.getFirst();
    if (Set.of("push", "pop").contains(i.mnemonic())) {
      stack(c, index, i, content(c, index, i, first));
      return;
    }
    boolean both = visible.size() == 2 && same(visible.get(0), visible.get(1));
    if (both && !i.mnemonic().startsWith("mov")) {
      self(c, index, i, first);
      return;
    }
    boolean wide =
        visible.size() == 1 && Set.of("mul", "imul", "div", "idiv").contains(i.mnemonic());
    Content a = wide ? c.of(Register.RAX) : worked(c, index, i, visible);
    Content b = wide ? content(c, index, i, first) : other(c, index, i, visible);
    b = SHIFTS.contains(i.mnemonic()) ? counted(b) : b;
    StateMeaning.Result result = StateMeaning.of(i.mnemonic(), a, b, width(first));
    Content content = result.content();
    if (seeds.contains(index) && !content.derived() && !numbered(i)) {
      content = content.marked(Mark.COMPUTED);
    }
    if (seeds.contains(index) && i.mnemonic().equals("movzx")) {
      b.state().forEach(p -> notes.note(Kind.REMAINDER, p, i)); // Masks by its width.
    }
    Content read = a.or(b);
    if (wide && i.mnemonic().equals("mul") && (a.surely() || b.surely())) {
      read.state().forEach(p -> notes.note(Kind.SHIFTED_DOWN, p, i)); // Its upper half.
    }
    for (Kind k : result.shows()) {
      (StateUse.placed(k) ? read.state() : Set.of(StatePlace.NONE))
          .forEach(p -> notes.note(k, p, i));
    }
    if (i.mnemonic().equals("cmp")) {
      notes.compared(a, b, i, equality(index, block));
    }
    if (i.condition().isPresent()) {
      content = i.mnemonic().startsWith("cmov") ? a.or(b) : Content.NOTHING;
    }
    write(c, index, i, first, content);
    switch (i.mnemonic()) {
      case "xadd", "xchg" -> write(c, index, i, visible.get(1), a);
      case "cmpxchg" -> c.set(Register.RAX, a);
      default -> hidden(c, i, content);
    }
  }

  /** Returns, by a jump to the kernel's thunk maybe, and calls that take the function's place. */
  private void leaves(Contents<Content> c, Instruction i) {
    boolean jump = i.branch().kind() == Branch.Kind.JUMP && !i.relocations().isEmpty();
    String target = jump ? Calls.target(i, code.function()) : "";
    if (i.branch().kind() == Branch.Kind.RETURN || target.startsWith("__x86_return_thunk")) {
      c.of(Register.RAX).state().forEach(p -> notes.note(Kind.COPIED, p, i));
      notes.out(c.of(Register.RAX), i);
    } else if (jump) {
      Calls.passed(i, code.function()).forEach(r -> notes.out(c.of(r), i));
    }
  }

  private void stack(Contents<Content> c, int index, Instruction i, Content pushed) {
    for (Operand o : i.operands()) {
      boolean to = o instanceof MemoryOperand && i.mnemonic().equals("push");
      write(c, index, i, o, to ? pushed : Content.NOTHING);
    }
  }

  /** Both operands are the same register: cleared, tested or doubled. */
  private void self(Contents<Content> c, int index, Instruction i, Operand register) {
    Content a = content(c, index, i, register);
    switch (i.mnemonic()) {
      case "xor", "sub", "sbb" -> write(c, index, i, register, Content.NOTHING);
      case "test", "cmp", "and", "or" -> {
        if (seeds.contains(index)) {
          a.state().forEach(p -> notes.note(Kind.REMAINDER, p, i));
        }
      }
      default -> write(c, index, i, register, a.with(a));
    }
  }

  private static boolean same(Operand a, Operand b) {
    return a instanceof RegisterOperand r
        && b instanceof RegisterOperand s
        && r.view().equals(s.view());
  }

  /** What the operation works on: the first operand, or of three the second. */
  private Content worked(Contents<Content> c, int index, Instruction i, List<Operand> visible) {
    if (visible.size() > 2 && !Set.of("shld", "shrd").contains(i.mnemonic())) {
      return content(c, index, i, visible.get(1));
    }
    if (i.mnemonic().equals("lea") && visible.get(1) instanceof MemoryOperand m) {
      Content base = m.base().map(v -> c.of(v.container())).orElse(Content.NOTHING);
      Content more = m.index().map(v -> c.of(v.container())).orElse(Content.NOTHING);
      if (m.scale() > 1) {
        boolean scale = seeds.contains(index) && m.base().isEmpty() && m.displacement() == 0;
        int count = Integer.numberOfTrailingZeros(m.scale());
        Content by = scale ? counted(Content.number(count)) : Content.NOTHING;
        more = StateMeaning.of("shl", more, by, 64).content();
      }
      return StateMeaning.of("add", base, more, 64).content();
    }
    return content(c, index, i, visible.getFirst());
  }

  /** The other operand; what {@code lea}, {@code inc} and {@code dec} add. */
  private Content other(Contents<Content> c, int index, Instruction i, List<Operand> visible) {
    boolean seed = seeds.contains(index);
    if (i.mnemonic().equals("lea") && visible.get(1) instanceof MemoryOperand m) {
      return seed ? Content.number(m.displacement()) : Content.NOTHING;
    }
    if (visible.size() == 1) {
      return seed && Set.of("inc", "dec").contains(i.mnemonic())
          ? Content.number(1)
          : Content.NOTHING;
    }
    return content(c, index, i, visible.getLast());
  }

  private Content content(Contents<Content> c, int index, Instruction i, Operand o) {
    return switch (o) {
      case RegisterOperand r -> c.of(r.view().container());
      case ImmediateOperand m ->
          seeds.contains(index) ? Content.number(m.value()) : Content.NOTHING;
      case MemoryOperand m -> read(c, index, m);
    };
  }

  private Content read(Contents<Content> c, int index, MemoryOperand m) {
    boolean callers =
        m.base().filter(b -> c.of(b.container()).equals(Content.REGISTERS)).isPresent();
    if (callers || !m.access().anyRead()) {
      return Content.NOTHING;
    }
    StatePlace place = pointers.place(index, m);
    if (!place.own()) {
      return Content.read(place);
    }
    Content put = c.read(place);
    boolean byOthers = !place.exact() && pointers.given();
    return byOthers ? put.or(Content.read(place)) : put;
  }

  private static int width(Operand o) {
    return o.width() == 0 ? 64 : o.width();
  }

  private static boolean numbered(Instruction i) {
    return i.visibleOperands().stream().anyMatch(o -> o instanceof ImmediateOperand);
  }

  /** Returns whether what was compared is only asked for being equal. */
  private boolean equality(int index, BasicBlock block) {
    for (int k = index + 1; k < block.end(); k++) {
      Instruction i = code.instructions().get(k);
      if (i.condition().isPresent()) {
        return Set.of(Condition.Z, Condition.NZ).contains(i.condition().get());
      }
      if (!i.flags().changed().isEmpty()) {
        return false;
      }
    }
    return false;
  }

  private void write(Contents<Content> c, int index, Instruction i, Operand to, Content content) {
    if (!to.access().anyWrite()) {
      return;
    }
    if (to instanceof RegisterOperand r && r.view().container() != Register.RSP) {
      boolean whole = r.access().writes() && r.view().width() >= 32;
      Register register = r.view().container();
      c.set(register, whole ? content : c.of(register).or(content));
    } else if (to instanceof MemoryOperand m) {
      StatePlace place = pointers.place(index, m);
      if (!place.own()) {
        notes.kept(place, content, i);
        return;
      }
      c.write(place, content);
      if (!frame.closed()) {
        notes.scaled(content, i); // Whoever has the frame's address may read it.
      }
    }
  }

  /** Registers that are written without standing in the instruction's text. */
  private void hidden(Contents<Content> c, Instruction i, Content content) {
    for (Operand o : i.operands()) {
      boolean named = o.visibility() != Operand.Visibility.HIDDEN;
      if (o instanceof RegisterOperand r
          && !named
          && r.access().anyWrite()
          && r.view().container().isGeneralPurpose()
          && r.view().container() != Register.RSP) {
        Register register = r.view().container();
        c.set(register, content);
      }
    }
  }

  /** Returns what counts a shift, marked if that multiplies or divides by the constant. */
  private Content counted(Content count) {
    boolean by = factor.isPresent() && count.equals(Content.number(factor.getAsInt()));
    return by ? count.marked(Mark.FACTOR) : count;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.ImmediateOperand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.object.Callees;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.symbolic.Expr.Op;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Runs one instruction on the processor and by its model, from the same random state, and compares
 * every bit that the model claims to know. What the manual defines must be known.
 */
final class CrossCheck {

  /** Where the manual leaves a case open that the model then does not know either. */
  private static final Set<String> PARTLY_UNKNOWN = Set.of("bsf", "bsr", "tzcnt", "cmpxchg");

  /** Where the state has an input: a register's number, or the complement of a flag's. */
  private static final Map<String, Integer> SLOTS = slots();

  static final ObjectFunction NOWHERE =
      new ObjectFunction(
          "f",
          ".text",
          0,
          false,
          Bytes.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Callees.UNKNOWN,
          true);

  private final NativePage page;
  private final Random random;
  private final MachineState untouched = MachineState.fresh("t");
  private final byte[] noise = new byte[NativePage.WINDOW];

  CrossCheck(NativePage page, Random random) {
    this.page = page;
    this.random = random;
    random.nextBytes(noise);
  }

  /**
   * Holds one instruction's model against the processor.
   *
   * @param states how many random states to start from
   * @return what differs, or null
   */
  String mismatch(Instruction i, Map<String, Meaning> meanings, int states) throws Throwable {
    MachineState model = MachineState.fresh("t");
    new Executor(NOWHERE, Constants.AS_ENCODED, meanings).step(model, i);
    page.load(i.bytes().toArray());
    for (int n = 0; n < states; n++) {
      long[] before = state(i);
      long[] after = before.clone();
      byte[] memoryAfter = noise.clone();
      page.run(after, memoryAfter);
      String wrong = compare(i, model, before, noise, after, memoryAfter);
      if (wrong != null) {
        return wrong + ", from " + describe(before);
      }
    }
    return null;
  }

  /**
   * Holds a straight line of instructions that touch no memory against the processor.
   *
   * @return what is known and differs, or null
   */
  String mismatch(List<Instruction> line, Map<String, Meaning> meanings, int states)
      throws Throwable {
    MachineState model = MachineState.fresh("t");
    new Executor(NOWHERE, Constants.AS_ENCODED, meanings).run(model, line);
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    line.forEach(i -> code.writeBytes(i.bytes().toArray()));
    page.load(code.toByteArray());
    for (int n = 0; n < states; n++) {
      long[] before = state(line.getFirst());
      long[] after = before.clone();
      page.run(after, noise.clone());
      Values values = new Values(before, noise);
      for (Register r : Register.values()) {
        if (r.isGeneralPurpose() && known(model.register(r))) {
          if (values.of(model.register(r)).value() != after[r.ordinal()]) {
            return "%s is %x, from %s".formatted(r, after[r.ordinal()], describe(before));
          }
        }
      }
      for (Flag f : MachineState.FLAGS) {
        long got = after[NativePage.FLAGS] >> f.bit() & 1;
        if (known(model.flag(f)) && (values.of(model.flag(f)).value() & 1) != got) {
          return "%s is %d, from %s".formatted(f, got, describe(before));
        }
      }
    }
    return null;
  }

  /** Returns whether nothing unknown goes into an expression. */
  private static boolean known(Expr e) {
    boolean own = e.op() == Op.INPUT ? SLOTS.containsKey(e.name()) : e.op() != Op.APPLY;
    return own && e.args().stream().allMatch(CrossCheck::known);
  }

  private String compare(
      Instruction i, MachineState model, long[] before, byte[] mem, long[] after, byte[] memAfter) {
    Values values = new Values(before, mem);
    for (Register r : Register.values()) {
      if (!r.isGeneralPurpose()) {
        continue;
      }
      long got = after[r.ordinal()];
      if (model.register(r).equals(untouched.register(r)) && got == before[r.ordinal()]) {
        continue;
      }
      Known k = values.of(model.register(r));
      if ((k.value() ^ got) != 0 && ((k.value() ^ got) & k.mask()) != 0) {
        return "%s is %x, not %x".formatted(r, got, k.value());
      }
      if (k.mask() != -1L && !PARTLY_UNKNOWN.contains(i.mnemonic())) {
        return r + " is not known";
      }
    }
    for (Flag f : MachineState.FLAGS) {
      Known k = values.of(model.flag(f));
      boolean known = (k.mask() & 1) != 0;
      long got = after[NativePage.FLAGS] >> f.bit() & 1;
      if (known && (k.value() & 1) != got) {
        return "%s is %d".formatted(f, got);
      }
      if (!known && !i.flags().undefined().contains(f) && !unknownByDesign(i, f)) {
        return f + " is not known";
      }
      if (known && i.flags().undefined().contains(f) && !definedAllTheSame(i)) {
        return f + " is not defined, but taken for known";
      }
    }
    byte[] expected = model.events().isEmpty() ? mem : mem.clone();
    for (Event e : model.events()) {
      switch (e) {
        case Event.Store s -> values.store(s, expected);
        case Event.Effect x -> {
          if (!Atomic.is(i)) {
            return "it does " + x;
          }
          expected = memAfter;
        }
      }
    }
    return java.util.Arrays.equals(expected, memAfter) ? null : "memory differs";
  }

  private static Map<String, Integer> slots() {
    Map<String, Integer> slots = new HashMap<>();
    for (Register r : Register.values()) {
      r.ptRegsName().ifPresent(n -> slots.put(n, r.ordinal()));
    }
    for (Flag f : MachineState.FLAGS) {
      slots.put(f.name().toLowerCase(Locale.ROOT), ~f.ordinal());
    }
    return Map.copyOf(slots);
  }

  private static boolean unknownByDesign(Instruction i, Flag f) {
    boolean narrow = i.operands().getFirst().width() < 32;
    return switch (i.mnemonic()) {
      case "tzcnt" -> true;
      case "shl", "shr" ->
          f == Flag.CF && narrow || f == Flag.OF && !(count(i) instanceof ImmediateOperand);
      case "sar", "rol", "ror", "shld", "shrd" ->
          f == Flag.OF && !(count(i) instanceof ImmediateOperand);
      default -> false;
    };
  }

  /** A count may be 0; and AF after SBB is defined, whatever the decoder's tables say. */
  private static boolean definedAllTheSame(Instruction i) {
    return Set.of("shl", "shr", "sar", "rol", "ror", "rcl", "rcr", "shld", "shrd", "sbb")
        .contains(i.mnemonic());
  }

  private static Operand count(Instruction i) {
    return i.visibleOperands().getLast();
  }

  /** A random state in which every address lies in the window. */
  private long[] state(Instruction i) {
    long[] s = new long[17];
    for (int r = 0; r < 16; r++) {
      s[r] = InstructionForms.number(random);
    }
    s[Register.RSP.ordinal()] = inWindow();
    s[NativePage.FLAGS] = 0x202;
    for (Flag f : Flag.values()) {
      boolean set = random.nextBoolean() && MachineState.FLAGS.contains(f);
      s[NativePage.FLAGS] |= (set ? 1L : 0L) << f.bit();
    }
    boolean far =
        i.mnemonic().startsWith("bt")
            && i.operands().get(0) instanceof MemoryOperand
            && i.operands().get(1) instanceof RegisterOperand;
    if (far) {
      RegisterOperand index = (RegisterOperand) i.operands().get(1);
      s[index.view().container().ordinal()] = random.nextInt(4096) - 2048;
    }
    for (Operand o : i.operands()) {
      if (o instanceof MemoryOperand m && m.kind() == MemoryOperand.Kind.PLAIN) {
        long rest = m.displacement();
        if (m.index().isPresent()) {
          rest += m.scale() * s[m.index().get().container().ordinal()];
        }
        Register base = m.base().orElseThrow().container();
        long place = inWindow();
        if (base != Register.RSP || m.index().isPresent() || m.displacement() != 0) {
          s[base.ordinal()] = place - rest;
        }
        boolean free =
            base != Register.RAX && m.index().map(x -> x.container() != Register.RAX).orElse(true);
        if (i.mnemonic().equals("cmpxchg") && free && random.nextBoolean()) {
          s[Register.RAX.ordinal()] = read(noise, place, 64);
        }
      }
    }
    return s;
  }

  private long inWindow() {
    return page.window() + 768 + random.nextInt(512);
  }

  private long read(byte[] memory, long address, int width) {
    int at = Math.toIntExact(address - page.window());
    long value = 0;
    for (int k = width / 8 - 1; k >= 0; k--) {
      value = value << 8 | memory[at + k] & 0xff;
    }
    return value;
  }

  private static String describe(long[] state) {
    StringBuilder s = new StringBuilder();
    for (int r = 0; r < 16; r++) {
      s.append(Register.values()[r]).append('=').append(Long.toHexString(state[r])).append(' ');
    }
    return s.append("flags=").append(Long.toHexString(state[NativePage.FLAGS])).toString();
  }

  /** A value, and which of its bits are known. */
  private record Known(long value, long mask) {}

  /** Computes the model's expressions on one state, twice: with unknowns one way and the other. */
  private final class Values {
    private final long[] state;
    private final byte[] memory;

    Values(long[] state, byte[] memory) {
      this.state = state;
      this.memory = memory;
    }

    Known of(Expr e) {
      long one = evaluate(e, 0);
      long other = evaluate(e, -1);
      return new Known(one, ~(one ^ other));
    }

    void store(Event.Store s, byte[] target) {
      int at = Math.toIntExact(evaluate(s.address(), 0) - page.window());
      long value = evaluate(s.value(), 0);
      for (int k = 0; k < s.value().width() / 8; k++) {
        target[at + k] = (byte) (value >> 8 * k);
      }
    }

    private long evaluate(Expr e, long unknown) {
      if (e.op() == Op.INPUT) {
        Integer slot = SLOTS.get(e.name());
        long value =
            slot == null
                ? unknown
                : slot >= 0 ? state[slot] : state[NativePage.FLAGS] >> Flag.values()[~slot].bit();
        return value & Bits.mask(e.width());
      }
      if (e.op() == Op.APPLY) {
        boolean loaded = e.name().startsWith("mem") || e.name().startsWith("atomic");
        return loaded && e.name().endsWith("@0")
            ? read(memory, evaluate(e.arg(0), unknown), e.width())
            : unknown & Bits.mask(e.width());
      }
      long[] args = new long[e.args().size()];
      for (int k = 0; k < args.length; k++) {
        args[k] = evaluate(e.arg(k), unknown);
      }
      return Evaluator.apply(e, args);
    }
  }
}

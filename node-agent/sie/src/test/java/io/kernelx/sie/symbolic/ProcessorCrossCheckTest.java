// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.object.ObjectFunction;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds the model of every instruction against the processor that the test runs on: random
 * operands, random registers and flags, thousands of times for each.
 */
class ProcessorCrossCheckTest {

  private static final int ROUNDS = 400;
  private static final Set<String> SHIFTS = Set.of("shl", "shr", "sar");
  private static final ObjectFunction NOWHERE =
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
          List.of());

  private final Decoder decoder = new Decoder();
  private final Random random = new Random(20_260_101);

  /** Opcode bytes, what follows the ModRM byte, and the /digit or -1 for a register. */
  private record Form(int[] opcode, int digit, char immediate, boolean eight, boolean modrm) {}

  @Test
  void everyModelledInstructionDoesWhatTheProcessorDoes() throws Throwable {
    Map<String, Integer> seen = new TreeMap<>();
    try (NativePage page = new NativePage()) {
      for (Form form : forms()) {
        for (int i = 0; i < ROUNDS; i++) {
          check(page, encode(form), seen);
        }
      }
    }
    assertThat(seen)
        .containsKeys(
            "mov", "movzx", "movsx", "movsxd", "lea", "add", "sub", "adc", "sbb", "inc", "dec",
            "neg", "not", "and", "or", "xor", "test", "cmp", "shl", "shr", "sar", "imul", "cmovz",
            "setnle", "cbw", "cwde", "cdqe", "cwd", "cdq", "cqo", "xchg", "bt", "nop");
    assertThat(seen.values()).allMatch(n -> n >= 100);
  }

  /** A wrong model must be found out: each of these takes one instruction for another. */
  @ParameterizedTest
  @CsvSource({
    "add,adc",
    "adc,add",
    "add,sub",
    "sub,sbb",
    "sbb,sub",
    "cmp,test",
    "test,cmp",
    "and,or",
    "or,xor",
    "xor,and",
    "inc,dec",
    "dec,inc",
    "neg,not",
    "not,neg",
    "shl,shr",
    "shr,sar",
    "sar,shr",
    "movzx,movsx",
    "movsx,movzx",
    "movsxd,movzx",
    "imul,add",
    "cmovb,cmovbe",
    "cmovl,cmovs",
    "cmovnle,cmovnl",
    "setz,setnz",
    "seto,setno",
    "setp,setnp",
    "setbe,setb",
    "cdq,nop",
    "cwde,nop",
    "cbw,cwde",
    "cqo,nop",
    "xchg,mov",
    "bt,test",
    "lea,nop"
  })
  void wrongModelIsFoundOut(String from, String to) throws Throwable {
    try (NativePage page = new NativePage()) {
      for (Form form : forms()) {
        for (int i = 0; i < ROUNDS / 8; i++) {
          byte[] code = encode(form);
          Instruction right = decode(code);
          if (right.mnemonic().equals(from) && mismatch(page, code, renamed(right, to)) != null) {
            return;
          }
        }
      }
    }
    fail("nothing tells %s from %s".formatted(from, to));
  }

  private static Instruction renamed(Instruction i, String mnemonic) {
    return new Instruction(
        i.offset(),
        i.bytes(),
        mnemonic,
        i.operands(),
        i.operandWidth(),
        i.flags(),
        i.prefixes(),
        i.branch(),
        i.relocations());
  }

  private Instruction decode(byte[] code) {
    Instruction i = (Instruction) decoder.decode(Bytes.of(code), 0);
    assertThat(i.length()).as("%s", i.bytes().hex()).isEqualTo(code.length);
    return i;
  }

  private void check(NativePage page, byte[] code, Map<String, Integer> seen) throws Throwable {
    Instruction i = decode(code);
    Executor executor = new Executor(NOWHERE, Constants.AS_ENCODED);
    assertThat(executor.models(i)).as("%s %s", i.mnemonic(), i.bytes().hex()).isTrue();
    seen.merge(i.mnemonic(), 1, Integer::sum);
    assertThat(mismatch(page, code, i)).as("%s %s", i.mnemonic(), i.bytes().hex()).isNull();
  }

  /** Runs the code, and the model of the instruction; returns what differs, or null. */
  private String mismatch(NativePage page, byte[] code, Instruction i) throws Throwable {
    MachineState s = MachineState.fresh("t");
    new Executor(NOWHERE, Constants.AS_ENCODED).step(s, i);
    if (!s.events().isEmpty()) {
      return "it does " + s.events();
    }
    long[] before = registers();
    long[] after = before.clone();
    page.run(code, after);
    Map<String, Long> inputs = inputs(before);
    for (Register r : Register.values()) {
      if (r.isGeneralPurpose() && r != Register.RSP) {
        if (unknown(s.register(r))) {
          return r + " is unknown";
        }
        long value = Evaluator.evaluate(s.register(r), e -> inputs.get(e.name()));
        if (value != after[r.ordinal()]) {
          return "%s is %x, not %x, from %s".formatted(r, after[r.ordinal()], value, inputs);
        }
      }
    }
    for (Flag f : MachineState.FLAGS) {
      boolean may = i.flags().undefined().contains(f) || SHIFTS.contains(i.mnemonic());
      if (unknown(s.flag(f))) {
        if (!may) {
          return f + " is defined";
        }
        continue;
      }
      long bit = after[NativePage.FLAGS] >> f.bit() & 1;
      if (Evaluator.evaluate(s.flag(f), e -> inputs.get(e.name())) != bit) {
        return "%s is %d, from %s".formatted(f, bit, inputs);
      }
    }
    return null;
  }

  private static boolean unknown(Expr e) {
    Set<String> names = new HashSet<>();
    e.visit(x -> names.add(x.name()));
    return names.stream().anyMatch(n -> n.startsWith("?"));
  }

  private Map<String, Long> inputs(long[] state) {
    Map<String, Long> inputs = new HashMap<>();
    for (Register r : Register.values()) {
      r.ptRegsName().ifPresent(n -> inputs.put(n, state[r.ordinal()]));
    }
    for (Flag f : MachineState.FLAGS) {
      inputs.put(
          f.name().toLowerCase(java.util.Locale.ROOT), state[NativePage.FLAGS] >> f.bit() & 1);
    }
    return inputs;
  }

  private long[] registers() {
    long[] state = new long[17];
    for (int r = 0; r < 16; r++) {
      state[r] = number();
    }
    state[NativePage.FLAGS] = 0x202;
    for (Flag f : MachineState.FLAGS) {
      state[NativePage.FLAGS] |= (random.nextBoolean() ? 1L : 0L) << f.bit();
    }
    return state;
  }

  private long number() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(5) - 2;
      case 1 -> 1L << random.nextInt(64);
      case 2 -> (1L << random.nextInt(64)) - 1;
      case 3 -> random.nextInt();
      default -> random.nextLong();
    };
  }

  private byte[] encode(Form form) {
    ByteArrayOutputStream c = new ByteArrayOutputStream();
    boolean sixteen = !form.eight() && random.nextInt(3) == 0;
    if (sixteen) {
      c.write(0x66);
    }
    int rex = random.nextInt(4) == 0 ? 0 : 0x40 | random.nextInt(16);
    boolean lea = form.opcode()[0] == 0x8d;
    if (sixteen) {
      rex &= ~8;
    }
    int reg = form.digit() >= 0 ? form.digit() : register(rex, 4, form);
    int rm = register(rex, 1, form);
    if (form.opcode()[0] == 0x63) {
      rex |= 0x48;
    }
    if (form.digit() >= 0) {
      rex &= ~4;
    }
    if (rex != 0) {
      c.write(rex);
    }
    boolean opcodeRegister = form.digit() == -2;
    for (int k = 0; k < form.opcode().length; k++) {
      boolean last = k == form.opcode().length - 1;
      c.write(form.opcode()[k] + (last && opcodeRegister ? rm : 0));
    }
    if (lea) {
      int index = random.nextInt(8);
      int base = random.nextInt(8);
      boolean sp = base == 4 && (rex & 1) == 0;
      c.write(0x80 | reg << 3 | 4);
      c.write(random.nextInt(4) << 6 | index << 3 | (sp ? 0 : base));
      immediate(c, 4);
    } else if (form.modrm()) {
      c.write(0xc0 | reg << 3 | rm);
    }
    boolean wide = (rex & 8) != 0;
    switch (form.immediate()) {
      case 'b' -> immediate(c, 1);
      case 'z' -> immediate(c, sixteen ? 2 : 4);
      case 'v' -> immediate(c, wide ? 8 : sixteen ? 2 : 4);
      default -> {}
    }
    return c.toByteArray();
  }

  /** A register number of three bits that does not become the stack pointer. */
  private int register(int rex, int extension, Form form) {
    while (true) {
      int r = random.nextInt(8);
      boolean stackPointer = r == 4 && (rex & extension) == 0 && !(form.eight() && rex == 0);
      if (!stackPointer) {
        return r;
      }
    }
  }

  private void immediate(ByteArrayOutputStream c, int size) {
    long n = number();
    for (int k = 0; k < size; k++) {
      c.write((int) (n >> 8 * k));
    }
  }

  private static List<Form> forms() {
    List<Form> all = new java.util.ArrayList<>();
    for (int op = 0; op < 8; op++) {
      all.add(new Form(new int[] {8 * op}, -1, ' ', true, true));
      all.add(new Form(new int[] {8 * op + 1}, -1, ' ', false, true));
      all.add(new Form(new int[] {8 * op + 2}, -1, ' ', true, true));
      all.add(new Form(new int[] {8 * op + 3}, -1, ' ', false, true));
      all.add(new Form(new int[] {8 * op + 4}, 0, 'b', true, false));
      all.add(new Form(new int[] {8 * op + 5}, 0, 'z', false, false));
      all.add(new Form(new int[] {0x80}, op, 'b', true, true));
      all.add(new Form(new int[] {0x81}, op, 'z', false, true));
      all.add(new Form(new int[] {0x83}, op, 'b', false, true));
    }
    for (int digit : new int[] {4, 5, 7}) {
      all.add(new Form(new int[] {0xc0}, digit, 'b', true, true));
      all.add(new Form(new int[] {0xc1}, digit, 'b', false, true));
      all.add(new Form(new int[] {0xd0}, digit, ' ', true, true));
      all.add(new Form(new int[] {0xd1}, digit, ' ', false, true));
      all.add(new Form(new int[] {0xd2}, digit, ' ', true, true));
      all.add(new Form(new int[] {0xd3}, digit, ' ', false, true));
    }
    for (int cc = 0; cc < 16; cc++) {
      all.add(new Form(new int[] {0x0f, 0x40 + cc}, -1, ' ', false, true));
      all.add(new Form(new int[] {0x0f, 0x90 + cc}, 0, ' ', true, true));
    }
    all.add(new Form(new int[] {0x84}, -1, ' ', true, true));
    all.add(new Form(new int[] {0x85}, -1, ' ', false, true));
    all.add(new Form(new int[] {0xa8}, 0, 'b', true, false));
    all.add(new Form(new int[] {0xa9}, 0, 'z', false, false));
    all.add(new Form(new int[] {0xf6}, 0, 'b', true, true));
    all.add(new Form(new int[] {0xf7}, 0, 'z', false, true));
    for (int digit : new int[] {2, 3}) {
      all.add(new Form(new int[] {0xf6}, digit, ' ', true, true));
      all.add(new Form(new int[] {0xf7}, digit, ' ', false, true));
    }
    for (int digit : new int[] {0, 1}) {
      all.add(new Form(new int[] {0xfe}, digit, ' ', true, true));
      all.add(new Form(new int[] {0xff}, digit, ' ', false, true));
    }
    all.add(new Form(new int[] {0x88}, -1, ' ', true, true));
    all.add(new Form(new int[] {0x89}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x8b}, -1, ' ', false, true));
    all.add(new Form(new int[] {0xb0}, -2, 'b', true, false));
    all.add(new Form(new int[] {0xb8}, -2, 'v', false, false));
    all.add(new Form(new int[] {0xc7}, 0, 'z', false, true));
    all.add(new Form(new int[] {0x0f, 0xb6}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x0f, 0xb7}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x0f, 0xbe}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x0f, 0xbf}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x63}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x8d}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x0f, 0xaf}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x69}, -1, 'z', false, true));
    all.add(new Form(new int[] {0x6b}, -1, 'b', false, true));
    all.add(new Form(new int[] {0x98}, 0, ' ', false, false));
    all.add(new Form(new int[] {0x99}, 0, ' ', false, false));
    all.add(new Form(new int[] {0x86}, -1, ' ', true, true));
    all.add(new Form(new int[] {0x87}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x0f, 0xa3}, -1, ' ', false, true));
    all.add(new Form(new int[] {0x0f, 0xba}, 4, 'b', false, true));
    all.add(new Form(new int[] {0x0f, 0x1f}, 0, ' ', false, true));
    return all;
  }
}

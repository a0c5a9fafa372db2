// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Bytes;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.decode.Operand;
import io.kernelx.sie.decode.Operand.MemoryOperand;
import io.kernelx.sie.decode.Operand.RegisterOperand;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.symbolic.InstructionForms.Form;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds the model of every instruction against the processor that the test runs on. */
class ProcessorCrossCheckTest {

  private static final long SEED = 20_260_101;

  private final Decoder decoder = new Decoder();
  private final Map<String, Meaning> meanings = Meanings.all();

  @Test
  void everyModelledInstructionDoesWhatTheProcessorDoes() throws Throwable {
    compareAll(24, 20);
  }

  @Test
  @Tag("kernel")
  void andThousandsOfTimesForEachForm() throws Throwable {
    compareAll(100, 40);
  }

  /** What one instruction leaves is what the next one finds: parts of registers, flags. */
  @Test
  void shortLinesOfInstructionsToo() throws Throwable {
    Random random = new Random(SEED + 2);
    InstructionForms forms = new InstructionForms(random);
    List<Form> all = forms.all();
    Map<String, String> wrong = new TreeMap<>();
    int instructions = 0;
    try (NativePage page = new NativePage()) {
      CrossCheck check = new CrossCheck(page, random);
      for (int n = 0; n < 3000; n++) {
        List<Instruction> line = new ArrayList<>();
        while (line.size() < 5) {
          Instruction i = instance(forms, all.get(random.nextInt(all.size())));
          if (i.operands().stream().noneMatch(MemoryOperand.class::isInstance)) {
            line.add(i);
          }
        }
        instructions += line.size();
        String difference = check.mismatch(line, meanings, 4);
        if (difference != null) {
          wrong.put(
              line.stream().map(i -> i.mnemonic() + " " + i.bytes().hex()).toList().toString(),
              difference);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(instructions).isEqualTo(15_000);
  }

  private void compareAll(int encodings, int states) throws Throwable {
    Random random = new Random(SEED);
    Set<String> seen = new TreeSet<>();
    Map<String, String> wrong = new TreeMap<>();
    InstructionForms forms = new InstructionForms(random);
    try (NativePage page = new NativePage()) {
      CrossCheck check = new CrossCheck(page, random);
      for (Form form : forms.all()) {
        for (int k = 0; k < encodings; k++) {
          Instruction i = instance(forms, form);
          assertThat(new Executor(CrossCheck.NOWHERE, Constants.AS_ENCODED).models(i))
              .as("%s %s is modelled", i.mnemonic(), i.bytes().hex())
              .isTrue();
          seen.add(i.mnemonic());
          String difference = check.mismatch(i, meanings, states);
          if (difference != null) {
            wrong.putIfAbsent(i.mnemonic(), i.bytes().hex() + ": " + difference);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    Set<String> rest = new TreeSet<>(meanings.keySet());
    rest.removeAll(seen);
    rest.removeAll(Meanings.NOTHING);
    assertThat(rest).as("modelled and never compared").isEmpty();
  }

  /**
   * A model that is wrong in one respect must be found out, for every mnemonic: a flag that keeps
   * its value or is inverted, a result that is not written, is one too large, or goes to 32 bits
   * without clearing those above.
   */
  @Test
  void everyWrongModelIsFoundOut() throws Throwable {
    Random random = new Random(SEED + 1);
    InstructionForms forms = new InstructionForms(random);
    Map<String, List<Instruction>> instances = new TreeMap<>();
    for (Form form : forms.all()) {
      for (int k = 0; k < 30; k++) {
        Instruction i = instance(forms, form);
        instances.computeIfAbsent(i.mnemonic(), _ -> new ArrayList<>()).add(i);
      }
    }
    List<String> survivors = new ArrayList<>();
    int mutants = 0;
    try (NativePage page = new NativePage()) {
      CrossCheck check = new CrossCheck(page, random);
      for (Map.Entry<String, List<Instruction>> entry : instances.entrySet()) {
        Map<String, Meaning> wrong = mutants(entry.getKey(), entry.getValue());
        for (Map.Entry<String, Meaning> mutant : wrong.entrySet()) {
          mutants++;
          Map<String, Meaning> broken = new HashMap<>(meanings);
          broken.put(entry.getKey(), mutant.getValue());
          if (!foundOut(check, entry.getValue(), broken)) {
            survivors.add(entry.getKey() + ": " + mutant.getKey());
          }
        }
      }
    }
    assertThat(survivors).isEmpty();
    assertThat(mutants).isGreaterThan(400);
  }

  private static boolean foundOut(
      CrossCheck check, List<Instruction> instances, Map<String, Meaning> broken) throws Throwable {
    for (Instruction i : instances) {
      if (check.mismatch(i, broken, 32) != null) {
        return true;
      }
    }
    return false;
  }

  private Map<String, Meaning> mutants(String mnemonic, List<Instruction> instances) {
    Meaning right = meanings.get(mnemonic);
    Map<String, Meaning> wrong = new TreeMap<>();
    Instruction some = instances.getFirst();
    Set<Flag> flags = new TreeSet<>(some.flags().modified());
    flags.addAll(some.flags().cleared());
    flags.addAll(some.flags().set());
    flags.retainAll(MachineState.FLAGS);
    if (mnemonic.equals("tzcnt")) {
      flags.clear();
    }
    for (Flag f : flags) {
      wrong.put(f + " keeps its value", changed(right, (s, old) -> s.flag(f, old.flag(f))));
      wrong.put(f + " is inverted", changed(right, (s, _) -> s.flag(f, Bits.not(s.flag(f)))));
    }
    boolean writesRegister = false;
    boolean writesMemory = false;
    boolean writesWord = false;
    for (Instruction i : instances) {
      for (Operand o : i.operands()) {
        boolean general = o instanceof RegisterOperand r && r.view().container().isGeneralPurpose();
        writesRegister |= general && o.access().anyWrite();
        writesWord |= general && o.access().anyWrite() && o.width() == 32;
        writesMemory |= o instanceof MemoryOperand && o.access().anyWrite() && !Atomic.is(i);
      }
    }
    if (writesRegister) {
      wrong.put("registers keep their values", changed(right, (s, old) -> each(s, old, 0)));
      wrong.put("results are one too large", changed(right, (s, old) -> each(s, old, 1)));
    }
    if (writesWord) {
      wrong.put("the upper half stays", changed(right, (s, old) -> each(s, old, 2)));
    }
    if (writesMemory) {
      wrong.put("memory is not written", ProcessorCrossCheckTest::nothing);
    }
    return wrong;
  }

  private static boolean nothing(Step step) {
    return true;
  }

  @FunctionalInterface
  private interface Spoiling {
    void spoil(Step after, MachineState before);
  }

  private static Meaning changed(Meaning right, Spoiling spoiling) {
    return step -> {
      MachineState before = step.state().copy("before");
      boolean done = right.execute(step);
      spoiling.spoil(step, before);
      return done;
    };
  }

  /** Spoils every register that is written: 0 puts it back, 1 adds one, 2 keeps its upper half. */
  private static void each(Step s, MachineState before, int how) {
    for (Operand o : s.instruction().operands()) {
      if (o instanceof RegisterOperand r
          && r.access().anyWrite()
          && r.view().container().isGeneralPurpose()) {
        Register whole = r.view().container();
        Expr old = before.register(whole);
        Expr now = s.state().register(whole);
        switch (how) {
          case 0 -> s.state().setRegister(whole, old);
          case 1 -> s.state().setRegister(whole, Bits.add(now, Bits.constant(64, 1)));
          default -> {
            if (r.width() == 32) {
              s.state()
                  .setRegister(whole, Bits.concat(Bits.extract(old, 63, 32), Bits.low(now, 32)));
            }
          }
        }
      }
    }
  }

  /** Decodes a random instance; bit strings in memory do not index by what they address by. */
  private Instruction instance(InstructionForms forms, Form form) {
    while (true) {
      byte[] code = forms.encode(form);
      Instruction i = (Instruction) decoder.decode(Bytes.of(code), 0);
      assertThat(i.length()).as("%s", i.bytes().hex()).isEqualTo(code.length);
      boolean usable =
          !(i.mnemonic().startsWith("bt")
              && i.operands().get(0) instanceof MemoryOperand m
              && i.operands().get(1) instanceof RegisterOperand r
              && (m.base().filter(b -> b.container() == r.view().container()).isPresent()
                  || m.index().filter(b -> b.container() == r.view().container()).isPresent()));
      boolean stack =
          i.operands().stream()
              .anyMatch(
                  o ->
                      o instanceof MemoryOperand m
                          && i.mnemonic().equals("push")
                          && m.visibility() == Operand.Visibility.EXPLICIT
                          && m.base().filter(b -> b.container() == Register.RSP).isPresent());
      if (usable && !stack) {
        return i;
      }
    }
  }
}

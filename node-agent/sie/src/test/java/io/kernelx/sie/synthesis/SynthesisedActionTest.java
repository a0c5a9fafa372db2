// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.FunctionCode;
import io.kernelx.sie.diff.LoneFunction;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.ProbeSite.Memory;
import io.kernelx.sie.symbolic.Bits;
import io.kernelx.sie.symbolic.Evaluator;
import io.kernelx.sie.symbolic.NativeFunction;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import io.kernelx.sie.synthesis.SiteDraft.RegisterWrite;
import io.kernelx.sie.synthesis.SiteDraft.Skip;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Small C functions of hundreds of shapes, compiled by the kernel's compiler with many values. What
 * synthesis makes of each is executed natively, V1's code with its probes, and held against the
 * function compiled at the value: results and memory on random inputs.
 */
class SynthesisedActionTest {

  private static final int INPUTS = 24;

  private final Decoder decoder = new Decoder();
  private final ObjectReader reader = new ObjectReader(decoder);
  private final UnitDiffer differ = new UnitDiffer(decoder);
  private final Solver solver = new Solver(Duration.ofSeconds(2));
  private final TreeMap<String, Integer> counts = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private final Map<Boolean, Integer> spoiled = new HashMap<>();
  private CodeObject variable;

  @Test
  @Tag("kernel")
  void whatIsPlannedActsAsIfRecompiled() throws Throwable {
    run(1, 240);
  }

  @Test
  @Tag("soak")
  void whatIsPlannedActsAsIfRecompiledInManyMoreShapes() throws Throwable {
    for (int seed = 2; seed < 22; seed++) {
      run(seed, 400);
    }
  }

  private void run(int seed, int shapes) throws Throwable {
    Random random = new Random(seed);
    ShapeGenerator generator = new ShapeGenerator(random);
    try (NativeFunction machine = new NativeFunction()) {
      for (ShapeGenerator.Values values : ShapeGenerator.Values.values()) {
        List<String> texts = IntStream.range(0, shapes / 2).mapToObj(generator::next).toList();
        Map<Integer, CodeObject> units = new HashMap<>();
        String unit = generator.unit(texts);
        for (int v : values.all()) {
          units.put(v, reader.read(CompiledC.compile(unit, options(Integer.toString(v)))));
        }
        variable =
            reader.read(
                CompiledC.compile("extern const int variable;\n" + unit, options("variable")));
        for (int n = 0; n < texts.size(); n++) {
          shape(machine, random, "f" + n, texts.get(n), values, units);
        }
      }
    }
    System.out.println("shapes and what became of them: " + counts);
    System.out.println("actions at another value that were told apart: " + spoiled);
    assertThat(wrong).isEmpty();
    assertThat(spoiled.get(true)).as("wrong actions found out").isGreaterThan(shapes);
    assertThat(spoiled.getOrDefault(false, 0)).isLessThan(spoiled.get(true) / 4);
    assertThat(count("executed")).isGreaterThan(shapes);
    assertThat(count("planned")).isGreaterThan(count("shape") * 3 / 10);
  }

  private static String[] options(String value) {
    return new String[] {
      "-DV=" + value,
      "-mfunction-return=keep",
      "-mindirect-branch=keep",
      "-mharden-sls=none",
      "-fcf-protection=none",
      "-fwrapv",
      "-fno-strict-aliasing",
      "-fno-strict-overflow",
      "-fno-delete-null-pointer-checks",
      "-fconserve-stack"
    };
  }

  private int count(String what) {
    return counts.getOrDefault(what, 0);
  }

  private void counted(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private void shape(
      NativeFunction machine,
      Random random,
      String name,
      String text,
      ShapeGenerator.Values values,
      Map<Integer, CodeObject> units)
      throws Throwable {
    counted("shape");
    List<UnitVersion> samples =
        values.samples().stream().map(v -> version(v, name, units)).toList();
    UnitDifference difference =
        differ.diff("test.c", "vmlinux", only(name, units.get(values.original())), samples);
    if (!(difference instanceof Different d)) {
      counted("other control flow");
      return;
    }
    if (d.functions().isEmpty()) {
      counted("no difference");
      return;
    }
    DifferingFunction function = d.functions().getFirst();
    FunctionSynthesis synthesis =
        new FunctionSynthesis(
            function,
            BigInteger.valueOf(values.original()),
            solver,
            () ->
                LoneFunction.compare(function, "variable", variable, decoder)
                    .map(f -> new InVariable(f, "variable", 32)));
    if (!(synthesis.synthesise() instanceof Outcome.Found found)) {
      counted("no probes");
      return;
    }
    List<SiteDraft> sites = found.sites();
    boolean proved = synthesis.proveOriginal(sites) instanceof ProofResult.Proved;
    for (int v : values.samples()) {
      proved &= prove(synthesis, function.v1(), sites, v, name, values, units).isPresent();
    }
    if (!proved) {
      counted("not proved");
      return;
    }
    counted("planned");
    for (int v : values.deployed()) {
      Optional<FunctionCode> compiled =
          prove(synthesis, function.v1(), sites, v, name, values, units);
      if (compiled.isEmpty()) {
        counted("value refused");
      } else {
        execute(machine, random, function.v1(), sites, compiled.get(), v)
            .ifPresent(w -> wrong.add("%s at %d (%s): %s".formatted(text, v, sites, w)));
      }
    }
  }

  private static CodeObject only(String name, CodeObject unit) {
    return new CodeObject(List.of(unit.function(name).orElseThrow()), List.of(), List.of());
  }

  private static UnitVersion version(int v, String name, Map<Integer, CodeObject> units) {
    return new UnitVersion(Integer.toString(v), only(name, units.get(v)));
  }

  /** Returns the function compiled at the value, if the probes are proved to act like it. */
  private Optional<FunctionCode> prove(
      FunctionSynthesis synthesis,
      FunctionCode v1,
      List<SiteDraft> sites,
      int value,
      String name,
      ShapeGenerator.Values values,
      Map<Integer, CodeObject> units) {
    UnitDifference difference =
        differ.diff(
            "test.c",
            "vmlinux",
            only(name, units.get(values.original())),
            List.of(version(value, name, units)));
    if (!(difference instanceof Different d)) {
      return Optional.empty();
    }
    Subject v = Subject.of(BigInteger.valueOf(value));
    if (d.functions().isEmpty()) {
      List<Integer> same = IntStream.range(0, v1.blocks().size()).boxed().toList();
      return synthesis.prove(sites, v, v1, same, Set.of()) instanceof ProofResult.Proved
          ? Optional.of(v1)
          : Optional.empty();
    }
    DifferingFunction f = d.functions().getFirst();
    FunctionCode code = f.others().getFirst().code();
    Set<Integer> blocks = f.regions().stream().map(Region::block).collect(Collectors.toSet());
    return synthesis.prove(sites, v, code, f.blockPairs().getFirst(), blocks)
            instanceof ProofResult.Proved
        ? Optional.of(code)
        : Optional.empty();
  }

  private Optional<String> execute(
      NativeFunction machine,
      Random random,
      FunctionCode v1,
      List<SiteDraft> sites,
      FunctionCode compiled,
      int value)
      throws Throwable {
    long[][] inputs = new long[INPUTS][];
    byte[] memory = new byte[NativeFunction.windowBytes()];
    random.nextBytes(memory);
    for (int n = 0; n < INPUTS; n++) {
      inputs[n] = input(machine, random, value);
    }
    Optional<String> obstacle = machine.load(compiled, Set.of());
    if (obstacle.isPresent()) {
      counted("not executed: " + obstacle.get());
      return Optional.empty();
    }
    long[] results = new long[INPUTS];
    byte[][] memories = new byte[INPUTS][];
    for (int n = 0; n < INPUTS; n++) {
      long[] state = inputs[n].clone();
      memories[n] = memory.clone();
      machine.run(state, memories[n], (_, _, _) -> false);
      results[n] = state[Register.RAX.ordinal()];
    }
    obstacle =
        machine.load(v1, sites.stream().map(SiteDraft::instruction).collect(Collectors.toSet()));
    assertThat(obstacle).isEmpty();
    Optional<String> difference = Optional.empty();
    boolean toldApart = false;
    for (int n = 0; n < INPUTS && difference.isEmpty(); n++) {
      difference = difference(machine, sites, value, inputs[n], memory, results[n], memories[n]);
      toldApart |=
          difference(machine, sites, value + 1, inputs[n], memory, results[n], memories[n])
              .isPresent();
    }
    counted("executed");
    spoiled.merge(toldApart, 1, Integer::sum);
    return difference;
  }

  /** Runs what was loaded with the probes at a value; returns how it differs from what is right. */
  private static Optional<String> difference(
      NativeFunction machine,
      List<SiteDraft> sites,
      int value,
      long[] input,
      byte[] memory,
      long result,
      byte[] right)
      throws Throwable {
    long[] state = input.clone();
    byte[] after = memory.clone();
    machine.run(state, after, (i, registers, mem) -> act(machine, sites, i, value, registers, mem));
    boolean same = Arrays.equals(after, right);
    if (state[Register.RAX.ordinal()] == result && same) {
      return Optional.empty();
    }
    return Optional.of(
        "f(0x%x, 0x%x) is 0x%x, compiled 0x%x%s"
            .formatted(
                input[Register.RDI.ordinal()],
                input[Register.RSI.ordinal()],
                state[Register.RAX.ordinal()],
                result,
                same ? "" : ", memory differs"));
  }

  /**
   * Does what the probes before an instruction do: all is computed before the first write.
   *
   * @return whether the instruction is stepped over
   */
  private static boolean act(
      NativeFunction machine,
      List<SiteDraft> sites,
      int instruction,
      int value,
      long[] registers,
      byte[] memory) {
    boolean skipped = false;
    for (SiteDraft site : sites) {
      if (site.instruction() != instruction) {
        continue;
      }
      long[] before = registers.clone();
      Optional<Memory> operand = site.skip().flatMap(Skip::memory);
      long address = operand.map(m -> address(m, before)).orElse(0L);
      long held = operand.map(m -> machine.read(memory, address, m.width())).orElse(0L);
      site.skip()
          .flatMap(Skip::store)
          .ifPresent(
              e ->
                  machine.write(
                      memory,
                      address,
                      operand.orElseThrow().width(),
                      evaluate(e, value, before, held)));
      for (RegisterWrite w : site.writes()) {
        long result = evaluate(w.expression(), value, before, held);
        if (w.register() == Register.RFLAGS) {
          registers[16] = registers[16] & ~0x8d5L | result & 0x8d5L;
        } else {
          int r = w.register().ordinal();
          long mask = w.width() >= 32 ? -1L : Bits.mask(w.width());
          long low = w.width() == 32 ? result & 0xffff_ffffL : result;
          registers[r] = registers[r] & ~mask | low & mask;
        }
      }
      skipped |= site.skip().isPresent();
    }
    return skipped;
  }

  private static long address(Memory m, long[] registers) {
    if (m.linked() >= 0) {
      throw new AssertionError("a linked address in a function without relocations");
    }
    long base = m.base().isEmpty() ? 0 : registers[register(m.base()).ordinal()];
    long index = m.index().isEmpty() ? 0 : registers[register(m.index()).ordinal()];
    return base + index * m.scale() + m.displacement();
  }

  private static long evaluate(PlanExpression e, int value, long[] registers, long held) {
    return Evaluator.evaluate(
        PlanSemantics.meaning(
            e,
            Bits.constant(64, value),
            name ->
                Bits.constant(
                    64,
                    name.equals(PlanExpression.MEMORY)
                        ? held
                        : registers[register(name).ordinal()])),
        x -> {
          throw new AssertionError("unknown " + x);
        });
  }

  private static Register register(String name) {
    for (Register r : LiveSet.GENERAL) {
      if (r.ptRegsName().orElseThrow().equals(name)) {
        return r;
      }
    }
    throw new AssertionError(name);
  }

  /** Arguments of which many lie near the value, where comparisons turn. */
  private static long[] input(NativeFunction machine, Random random, int value) {
    long[] s = new long[17];
    for (int r = 0; r < 16; r++) {
      s[r] = random.nextLong();
    }
    s[Register.RDI.ordinal()] = argument(random, value);
    s[Register.RSI.ordinal()] = argument(random, value);
    s[Register.RDX.ordinal()] = machine.window() + 1024;
    s[Register.RSP.ordinal()] = machine.window() - 504;
    s[16] = 0x202;
    return s;
  }

  private static long argument(Random random, int value) {
    return switch (random.nextInt(5)) {
      case 0 -> value + random.nextInt(5) - 2L;
      case 1 -> 2L * value + random.nextInt(3) - 1;
      case 2 -> random.nextInt(300) - 100L;
      case 3 -> random.nextInt();
      default -> random.nextLong();
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.Assembler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Code with a constant {@code N} of 1 to 1000, planned as a unit of a kernel would be.
 *
 * @param code the unit's object at a value
 * @param v1 the value in the kernel
 * @param others values to compare with, the best first
 */
record CompiledFixture(IntFunction<CodeObject> code, int v1, List<Integer> others)
    implements CompiledConstant {

  private static final String DIGEST = "sha256:" + "1".repeat(64);
  private static final KernelIdentity KERNEL = new KernelIdentity("6.12", DIGEST, DIGEST, "gcc");

  /** A C text with {@code N} at 32, compared with 16 and 8. */
  static CompiledFixture of(String source) {
    return of(source, 32, List.of(16, 8));
  }

  /** Says at which values C is compiled: V1, and the others. */
  static CompiledFixture of(String source, int v1, List<Integer> others) {
    return new CompiledFixture(
        v -> new ObjectReader(new Decoder()).read(CompiledC.compile(source, "-DN=" + v)),
        v1,
        others);
  }

  /** A function {@code f} in assembly. */
  static CompiledFixture assembled(IntFunction<String> source, int v1, List<Integer> others) {
    return new CompiledFixture(
        v -> {
          try {
            return Assembler.assemble(source.apply(v));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        v1,
        others);
  }

  /** Plans it, with more keys in its definition. */
  TunablePlan plan(String... more) {
    return result(String.join("\n", more)).plan();
  }

  /** Plans it at values. */
  ConstantPlanner.Result at(int... requested) {
    return result("", requested);
  }

  private ConstantPlanner.Result result(String more, int... requested) {
    return new ConstantPlanner(
            new Decoder(), new Solver(Duration.ofSeconds(5)), new Stages(Clock.systemUTC()))
        .plan(
            DefinitionReader.read(
                """
                name = "N"
                range = [1, 1000]
                [source]
                file = "fixture.c"
                macro = "N"
                """
                    + more,
                "n.toml"),
            KERNEL,
            this,
            Arrays.stream(requested).mapToObj(BigInteger::valueOf).toList());
  }

  /** Returns why there is no plan. */
  Refusal refusal() {
    try {
      throw new AssertionError("this was planned: " + plan());
    } catch (RefusedException e) {
      return e.refusal();
    }
  }

  @Override
  public BigInteger original() {
    return BigInteger.valueOf(v1);
  }

  @Override
  public List<BigInteger> samples() {
    return others.stream().map(BigInteger::valueOf).toList();
  }

  @Override
  public List<Unit> compile(List<BigInteger> values) {
    Map<BigInteger, CodeObject> objects = new HashMap<>();
    values.forEach(v -> objects.put(v, code.apply(v.intValue())));
    return List.of(new Unit("fixture.c", "vmlinux", code.apply(v1), objects));
  }

  @Override
  public void expect(List<BigInteger> values) {}

  @Override
  public Opaque opaque() {
    throw new RefusedException(
        Refusal.Reason.COMPILATION_FAILED, "There is no variable in this test.");
  }
}

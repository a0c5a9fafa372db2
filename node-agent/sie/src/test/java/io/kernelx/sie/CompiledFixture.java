// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.KernelIdentity;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.symbolic.Solver;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A C text with a constant {@code N}, planned as a unit of a kernel would be. */
record CompiledFixture(String source, int v1, List<Integer> others) implements CompiledConstant {

  private static final String DIGEST = "sha256:" + "1".repeat(64);
  private static final KernelIdentity KERNEL = new KernelIdentity("6.12", DIGEST, DIGEST, "gcc");

  /** With {@code N} at 32, compared with 16 and 8. */
  static CompiledFixture of(String source) {
    return new CompiledFixture(source, 32, List.of(16, 8));
  }

  /** Plans it, with more keys in its definition. */
  TunablePlan plan(String... more) {
    Definition definition =
        DefinitionReader.read(
            """
            name = "N"
            range = [1, 1000]
            [source]
            file = "fixture.c"
            macro = "N"
            """
                + String.join("\n", more),
            "n.toml");
    return new ConstantPlanner(
            new Decoder(), new Solver(Duration.ofSeconds(5)), new Stages(Clock.systemUTC()))
        .plan(definition, KERNEL, this, List.of())
        .plan();
  }

  /** Returns why there is no plan. */
  Refusal refusal() {
    try {
      plan();
    } catch (RefusedException e) {
      return e.refusal();
    }
    throw new AssertionError("this was planned:\n" + source);
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
    values.forEach(v -> objects.put(v, object(v.intValue())));
    return List.of(new Unit("fixture.c", "vmlinux", object(v1), objects));
  }

  @Override
  public void expect(List<BigInteger> values) {}

  @Override
  public Opaque opaque() {
    throw new RefusedException(
        Refusal.Reason.COMPILATION_FAILED, "There is no variable in this test.");
  }

  private CodeObject object(int v) {
    return new ObjectReader(new Decoder()).read(CompiledC.compile(source, "-DN=" + v));
  }
}

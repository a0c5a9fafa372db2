// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.Refusal.Reason;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A constant {@code X} of one C text, compiled as the kernel is; for tests. */
final class CompiledConstantInC implements CompiledConstant {
  private static final Decoder DECODER = new Decoder();

  private final String text;
  private final long v1;
  private final List<BigInteger> samples;
  private final Map<String, CodeObject> objects = new HashMap<>();

  /**
   * @param text in which {@code X} stands for the constant, an {@code int}
   * @param v1 its value in the kernel
   * @param samples values to compare with, the best first
   */
  CompiledConstantInC(String text, long v1, long... samples) {
    this.text = text;
    this.v1 = v1;
    this.samples = Arrays.stream(samples).mapToObj(BigInteger::valueOf).toList();
  }

  @Override
  public BigInteger original() {
    return BigInteger.valueOf(v1);
  }

  @Override
  public List<BigInteger> samples() {
    return samples;
  }

  @Override
  public void expect(List<BigInteger> values) {}

  @Override
  public List<Unit> compile(List<BigInteger> values) {
    Map<BigInteger, CodeObject> others = new HashMap<>();
    values.forEach(v -> others.put(v, at(v)));
    return List.of(new Unit("x.c", "vmlinux", at(original()), others));
  }

  private CodeObject at(BigInteger value) {
    return object("#define X " + (value.signum() < 0 ? "(" + value + ")" : value));
  }

  @Override
  public Opaque opaque() {
    BigInteger max = BigInteger.valueOf(Integer.MAX_VALUE);
    try {
      CodeObject object = object("extern const int variable;\n#define X variable");
      return new Opaque("variable", 32, true, max.negate(), max, List.of(object));
    } catch (AssertionError doesNotCompile) {
      throw new RefusedException(Reason.COMPILATION_FAILED, "x.c wants a constant.");
    }
  }

  private CodeObject object(String definition) {
    return objects.computeIfAbsent(
        definition, d -> new ObjectReader(DECODER).read(CompiledC.compile(d + "\n" + text)));
  }
}

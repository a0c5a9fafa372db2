// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.LoneFunction;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.symbolic.Solver;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * One function written in assembly for any value of its constant, and what synthesis makes of it.
 */
final class AssembledVersions {

  private static final Decoder DECODER = new Decoder();

  private final IntFunction<String> source;
  private final int original;
  private final DifferingFunction function;
  private final FunctionSynthesis synthesis;

  /**
   * @param source AT&amp;T assembly of the function's body
   * @param original V1
   * @param others V2, V3
   */
  AssembledVersions(IntFunction<String> source, int original, int... others) throws IOException {
    this(source, Optional.empty(), original, others);
  }

  /**
   * @param variable the body with an {@code int} called {@code variable} in the constant's place
   */
  AssembledVersions(IntFunction<String> source, String variable, int original, int... others)
      throws IOException {
    this(source, Optional.of(Assembler.assemble(variable)), original, others);
  }

  private AssembledVersions(
      IntFunction<String> source, Optional<CodeObject> variable, int original, int... others)
      throws IOException {
    this.source = source;
    this.original = original;
    this.function = differing(others);
    this.synthesis =
        new FunctionSynthesis(
            function,
            BigInteger.valueOf(original),
            new Solver(Duration.ofSeconds(5)),
            () ->
                variable
                    .flatMap(o -> LoneFunction.compare(function, "variable", o, DECODER))
                    .map(f -> new InVariable(f, "variable", 32)));
  }

  FunctionSynthesis.Outcome outcome() {
    return synthesis.synthesise();
  }

  List<SiteDraft> sites() {
    return ((FunctionSynthesis.Outcome.Found) outcome()).sites();
  }

  /** Proves the probes at a value against what the source says for {@code compiledAt}. */
  ProofResult prove(int value, int compiledAt) throws IOException {
    return prove(value, source.apply(compiledAt));
  }

  ProofResult prove(int value) throws IOException {
    return value == original ? synthesis.proveOriginal(sites()) : prove(value, value);
  }

  /** Proves the probes at a value against other code. */
  ProofResult prove(int value, String code) throws IOException {
    Different d =
        (Different)
            diff(List.of(new UnitVersion(Integer.toString(value), Assembler.assemble(code))));
    DifferingFunction f = d.functions().getFirst();
    return synthesis.prove(
        sites(),
        Subject.of(BigInteger.valueOf(value)),
        f.others().getFirst().code(),
        f.blockPairs().getFirst(),
        f.regions().stream().map(Region::block).collect(Collectors.toSet()));
  }

  DifferingFunction function() {
    return function;
  }

  private DifferingFunction differing(int[] others) throws IOException {
    List<UnitVersion> versions = new ArrayList<>();
    for (int v : others) {
      versions.add(new UnitVersion(Integer.toString(v), Assembler.assemble(source.apply(v))));
    }
    return ((Different) diff(versions)).functions().getFirst();
  }

  private UnitDifference diff(List<UnitVersion> versions) throws IOException {
    return new UnitDiffer(DECODER)
        .diff("test.c", "vmlinux", Assembler.assemble(source.apply(original)), versions);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.diff.DifferingFunction;
import io.kernelx.sie.diff.Region;
import io.kernelx.sie.diff.UnitDiffer;
import io.kernelx.sie.diff.UnitDifference.Different;
import io.kernelx.sie.diff.UnitVersion;
import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.CompiledC;
import io.kernelx.sie.object.ObjectReader;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.symbolic.Solver;
import io.kernelx.sie.synthesis.FunctionSynthesis.Outcome;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Constants in and beside code that the kernel rewrites by itself, and beside inline assembly. */
class PatchedRegionsTest {

  private static final String ALTERNATIVE =
      """
      int h(int);
      int f(int x)
      {
        int y = h(x);
        asm volatile("661: %s\\n662:\\n"
          ".pushsection .altinstructions,\\"a\\"\\n.long 661b - .\\n.long 663f - .\\n.long 7\\n"
          ".byte 662b-661b\\n.byte 664f-663f\\n.popsection\\n"
          ".pushsection .altinstr_replacement,\\"ax\\"\\n663: add $9, %%0\\n664:\\n.popsection"
          : "+a"(x) : "i"(V));
        return (x + %s) * y + 3;
      }
      """;

  private final Decoder decoder = new Decoder();
  private final ObjectReader reader = new ObjectReader(decoder);
  private final UnitDiffer differ = new UnitDiffer(decoder);
  private final Solver solver = new Solver(Duration.ofSeconds(5));

  private CodeObject compile(String text, int value) {
    return reader.read(CompiledC.compile(text, "-DV=" + value));
  }

  private Different diff(String text, int v1, int... others) {
    List<UnitVersion> versions =
        java.util.Arrays.stream(others)
            .mapToObj(v -> new UnitVersion(Integer.toString(v), compile(text, v)))
            .toList();
    return (Different) differ.diff("unit.c", "vmlinux", compile(text, v1), versions);
  }

  private FunctionSynthesis synthesis(DifferingFunction function) {
    return new FunctionSynthesis(function, BigInteger.valueOf(32), solver);
  }

  private ProofResult prove(
      FunctionSynthesis synthesis, List<SiteDraft> sites, String text, int value) {
    DifferingFunction f = diff(text, 32, value).functions().getFirst();
    Set<Integer> blocks = f.regions().stream().map(Region::block).collect(Collectors.toSet());
    return synthesis.prove(
        sites,
        Subject.of(BigInteger.valueOf(value)),
        f.others().getFirst().code(),
        f.blockPairs().getFirst(),
        blocks);
  }

  @Test
  void aConstantInPatchedCodeIsRefused() {
    String text = ALTERNATIVE.formatted("add %1, %0", "0");
    DifferingFunction f = diff(text, 32, 48, 64).functions().getFirst();
    assertThat(synthesis(f).synthesise())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            r -> assertThat(r.refusal().reason()).isEqualTo(Reason.UNSUPPORTED_INSTRUCTION));
  }

  @Test
  void aConstantBesidePatchedCodeIsProved() {
    String text = ALTERNATIVE.formatted("add $1, %0", "V");
    DifferingFunction f = diff(text, 32, 48, 64).functions().getFirst();
    FunctionSynthesis synthesis = synthesis(f);
    assertThat(synthesis.synthesise()).isInstanceOf(Outcome.Found.class);
    List<SiteDraft> sites = ((Outcome.Found) synthesis.synthesise()).sites();
    assertThat(sites).hasSize(1);
    assertThat(prove(synthesis, sites, text, 100)).isInstanceOf(ProofResult.Proved.class);
  }

  /** A register that only the helper's own convention reads is as good as an argument. */
  @Test
  void aConstantThatAHelperTakesInAnyRegisterIsProvedThere() {
    String text =
        """
        int f(int x)
        {
          register int n asm("r10") = V;
          asm volatile("call helper" : "+a"(x), "+r"(n) : : "memory");
          return x + n;
        }
        """;
    DifferingFunction f = diff(text, 32, 48, 64).functions().getFirst();
    FunctionSynthesis synthesis = synthesis(f);
    List<SiteDraft> sites = ((Outcome.Found) synthesis.synthesise()).sites();
    assertThat(sites).hasSize(1);
    assertThat(sites.getFirst().writes().getFirst().target()).isEqualTo("r10");
    assertThat(prove(synthesis, sites, text, 100)).isInstanceOf(ProofResult.Proved.class);
    assertThat(prove(synthesis, List.of(), text, 100)).isInstanceOf(ProofResult.Failed.class);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.decode.Flag;
import io.kernelx.sie.decode.Register;
import io.kernelx.sie.diff.FlowGraph;
import io.kernelx.sie.symbolic.MachineState;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is live where control leaves a function. */
class LivenessTest {

  private static final String OTHERS =
      """

      .subsection 1
      .type g, @function
      g: ret
      nop
      .size g, . - g
      .type f.cold, @function
      f.cold: ret
      .size f.cold, . - f.cold
      .subsection 0
      """;

  /** Flags and scratch registers do not outlive a tail call, however the assembler wrote it. */
  @ParameterizedTest
  @ValueSource(strings = {"jmp g", "jmp elsewhere", "test %rsi, %rsi\nje g\njmp elsewhere"})
  void tailCallTakesArgumentsAlone(String way) throws IOException {
    LiveSet live = atEnd("shr $4, %rsi\n" + way);
    assertThat(MachineState.FLAGS).noneMatch(live::has);
    assertThat(live.bits(Register.R10)).isZero();
    assertThat(live.bits(Register.RSI)).isEqualTo(-1L);
    assertThat(live.bits(Register.RBX)).isEqualTo(-1L);
  }

  /** Into the middle of another function, or into an out-of-line part, everything is live. */
  @ParameterizedTest
  @ValueSource(strings = {"jmp g+1", "jmp f.cold"})
  void whatIsNoCallTakesEverything(String way) throws IOException {
    LiveSet live = atEnd("shr $4, %rsi\n" + way);
    assertThat(Flag.values()).filteredOn(MachineState.FLAGS::contains).allMatch(live::has);
    assertThat(live.bits(Register.R10)).isEqualTo(-1L);
  }

  @Test
  void shiftBeforeALocalTailCallIsDoneByTheProbe() throws IOException {
    AssembledVersions f =
        new AssembledVersions(v -> "shr $%d, %%rsi\njmp g".formatted(v) + OTHERS, 4, 3, 5);
    assertThat(f.sites()).hasSize(1);
    assertThat(f.sites().getFirst().planned())
        .singleElement()
        .satisfies(
            w -> {
              assertThat(w.target()).isEqualTo("si");
              assertThat(w.expression().text()).isEqualTo("si >> (V & 63)");
            });
    assertThat(f.prove(9)).isInstanceOf(ProofResult.Proved.class);
    assertThat(f.prove(9, 8)).isInstanceOf(ProofResult.Failed.class);
  }

  private static LiveSet atEnd(String body) throws IOException {
    var function = Assembler.assemble(body + OTHERS).functions().getFirst();
    return new Liveness(FlowGraph.of(function, new Decoder())).before(1);
  }
}

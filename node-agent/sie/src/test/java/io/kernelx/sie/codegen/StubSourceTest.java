// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanExpression;
import io.kernelx.sie.plan.Plans;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StubSourceTest {

  private static String golden(String name) throws IOException {
    try (InputStream golden = StubSourceTest.class.getResourceAsStream(name)) {
      return new String(golden.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void writesTheStubOfAPlan() throws InvalidPlanException, IOException {
    assertThat(StubSource.generate(Plans.small())).isEqualTo(golden("small.bpf.c"));
  }

  @Test
  void memoryIsReadFirstAndTheInstructionSteppedOverLast()
      throws InvalidPlanException, IOException {
    assertThat(StubSource.generate(Plans.steppingOver())).isEqualTo(golden("stepping.bpf.c"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          (u16)V << 60      # ((__u64)(__u16)V) << 60ULL
          (s8)cx + 1        # ((__u64)(__s64)(__s8)R(cx)) + 1ULL
          V << cx           # V << (R(cx) & 63ULL)
          V >> 70           # V >> 6ULL
          sar(V, 3)         # (__u64)((__s64)V >> 3ULL)
          slt(V, ax) + 1    # ((__u64)((__s64)V < (__s64)R(ax))) + 1ULL
          !V                # (__u64)!V
          -V & ~1           # (-V) & (~1ULL)
          V < 1 ? -V : 0    # ((__u64)(V < 1ULL)) ? (-V) : 0ULL
          -1                # -1ULL
          """)
  void everyPartIsOf64Bits(String plan, String c) throws InvalidPlanException {
    assertThat(CExpression.of(PlanExpression.parse(plan))).isEqualTo(c);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.plan.PlanExpression.Binary;
import io.kernelx.sie.plan.PlanExpression.BinaryOperator;
import io.kernelx.sie.plan.PlanExpression.Cast;
import io.kernelx.sie.plan.PlanExpression.Conditional;
import io.kernelx.sie.plan.PlanExpression.Register;
import io.kernelx.sie.plan.PlanExpression.Unary;
import io.kernelx.sie.plan.PlanExpression.UnaryOperator;
import io.kernelx.sie.plan.PlanExpression.Value;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanExpressionTest {

  @Property(tries = 500)
  void printedExpressionParsesBackIntoItself(@ForAll("expressions") PlanExpression e)
      throws InvalidPlanException {
    assertThat(PlanExpression.parse(e.text())).isEqualTo(e);
  }

  @Property(tries = 2000)
  void anyTextIsParsedOrRefusedInOneSentence(@ForAll("soup") String text) {
    try {
      PlanExpression e = PlanExpression.parse(text);
      assertThat(PlanExpression.parse(e.text())).isEqualTo(e);
    } catch (InvalidPlanException e) {
      assertThat(e.getMessage()).endsWith(".").doesNotContain("\n\tat ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          1 + 2 * 3               # 7
          (1 + 2) * 3             # 9
          10 - 3 - 2              # 5
          2 - 3                   # 18446744073709551615
          V << 1 | 1              # 97
          -V + 48                 # 0
          ~0 >> 63                # 1
          sar(~0, 63)             # 18446744073709551615
          slt(-1, 0)              # 1
          -1 < 0                  # 0
          1 << 64                 # 1
          (u8)0x1ff               # 255
          (s8)0x80                # 18446744073709551488
          (u16)-1 + 1             # 65536
          (s32)0xffffffff         # 18446744073709551615
          !V                      # 0
          !!V                     # 1
          (u8)cx < 1 ? V : 2 * V  # 96
          V == 48 ? 1 : 0 ? 2 : 3 # 1
          0 ? 1 : 0 ? 2 : 3       # 3
          1 & 3 == 3              # 1
          6 ^ 3 & 1               # 7
          5 >= 5                  # 1
          5 <= 4                  # 0
          5 != 5                  # 0
          """)
  void meansWhatCMeans(String text, String expected) throws InvalidPlanException {
    long result = PlanExpression.parse(text).evaluate(48, name -> name.equals("cx") ? 0x101 : 7);
    assertThat(Long.toUnsignedString(result)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "V V",
        "1 +",
        "(1",
        "1)",
        "010",
        "0x",
        "18446744073709551616",
        "eax",
        "rax",
        "v",
        "V; return 1",
        "system(1)",
        "sar(1)",
        "sar(1, 2, 3)",
        "slt 1, 2",
        "(u64)1",
        "(u8)",
        "1 ? 2",
        "1 : 2",
        "ax = 1",
        "ax++",
        "*ax",
        "&ax",
        "1 && 1",
        "1 || 1",
        "1 / 1",
        "1 % 1",
        "\"x\"",
        "V\u0000",
        "1u",
        "ax[0]",
        "V,1",
        "#include"
      })
  void nothingElseIsOfTheLanguage(String text) {
    assertThatThrownBy(() -> PlanExpression.parse(text))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageEndingWith(".");
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThatThrownBy(() -> PlanExpression.parse("(".repeat(1000) + "1" + ")".repeat(1000)))
        .hasMessageContaining("too deeply");
    assertThatThrownBy(() -> PlanExpression.parse("-".repeat(1000) + "1"))
        .hasMessageContaining("too deeply");
    assertThatThrownBy(() -> PlanExpression.parse("1+".repeat(4000) + "1"))
        .hasMessageContaining("longer");
  }

  @Provide
  Arbitrary<String> soup() {
    return Arbitraries.of(
            "V", "ax", "r15", "1", "0x10", "(", ")", "(u8)", "(s32)", "+", "-", "*", "<<", ">>",
            "<", "==", "?", ":", "sar(", "slt(", ",", "!", "~", " ", "&", "^", "@", "09", "é")
        .list()
        .ofMaxSize(14)
        .map(tokens -> String.join("", tokens));
  }

  @Provide
  Arbitrary<PlanExpression> expressions() {
    return tree(4);
  }

  private static Arbitrary<PlanExpression> tree(int depth) {
    Arbitrary<PlanExpression> leaf =
        Arbitraries.oneOf(
            Arbitraries.longs().map(PlanExpression.Number::new),
            Arbitraries.just(new Value()),
            Arbitraries.of(PlanExpression.REGISTERS).map(Register::new));
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<PlanExpression> inner = tree(depth - 1);
    return Arbitraries.oneOf(
        leaf,
        Combinators.combine(Arbitraries.of(8, 16, 32), Arbitraries.of(true, false), inner)
            .as(Cast::new),
        Combinators.combine(Arbitraries.of(UnaryOperator.class), inner).as(Unary::new),
        Combinators.combine(Arbitraries.of(BinaryOperator.class), inner, inner).as(Binary::new),
        Combinators.combine(inner, inner, inner).as(Conditional::new));
  }
}

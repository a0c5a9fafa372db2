// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CExpressionTest {
  @ParameterizedTest
  @CsvSource({
    "1 + 2 * 3, 7",
    "(1 + 2) * 3, 9",
    "0x10UL, 16",
    "010, 8",
    "-7 / 2, -3",
    "~0 & 0xff, 255",
    "1 << 4 | 1, 17",
    "8 - 4 - 2, 2",
    "1 ? 2 : 3 ? 4 : 5, 2",
    "!(3 > 2) || 2 >= 2, 1",
    "5 % 3 == 2 && 1 != 0, 1",
    "18446744073709551615u, 18446744073709551615",
  })
  void evaluatesAsCDoes(String text, String value) {
    assertThat(CExpression.parse(text).constant()).contains(new BigInteger(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1 +",
        "(1",
        "1)",
        "f(1)",
        "asm",
        "1; 2",
        "\"x\"",
        "{1}",
        "1 = 2",
        "a b",
        "09",
        "1lul",
        "#define",
        "sizeof(int)",
        "1 /* x */",
        "a[0]",
        "x->y",
      })
  void everythingElseIsRefused(String text) {
    assertThatThrownBy(() -> CExpression.parse(text))
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("is no integer expression");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DIV_ROUND_UP(HZ, 250)",
        "max(HZ / 5, 1)",
        "msecs_to_jiffies(10)",
        "(PAGE_SIZE / sizeof(struct page *))",
        "(unsigned long)8",
        "HZ / 5",
      })
  void whatTheKernelsSourceSaysIsLeftToItsCompiler(String text) {
    assertThat(CExpression.ofSource(text).constant()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "f(1",
        "1), f(2",
        "1, 2",
        "({ 1; })",
        "f(\"x\")",
        "(__asm__(1))",
        "do_it(1); (2)",
        "x = 1",
        "f('a')",
      })
  void whatIsNoExpressionIsRefusedInSourceToo(String text) {
    assertThatThrownBy(() -> CExpression.ofSource(text)).isInstanceOf(DefinitionException.class);
  }

  @Test
  void deepNestingIsRefusedNotOverflowing() {
    assertThatThrownBy(() -> CExpression.parse("(".repeat(100_000) + "1"))
        .isInstanceOf(DefinitionException.class);
    assertThatThrownBy(() -> CExpression.parse("-".repeat(100_000) + "1"))
        .isInstanceOf(DefinitionException.class);
  }

  @Test
  void namesGetTheirValueFromOutside() {
    CExpression expression = CExpression.parse("HZ / 5");
    assertThat(expression.constant()).isEmpty();
    assertThat(expression.evaluate(n -> Optional.of(BigInteger.valueOf(250))))
        .contains(BigInteger.valueOf(50));
    assertThat(CExpression.parse("1 / 0").constant()).isEmpty();
    assertThat(CExpression.parse("1 << 1000").constant()).isEmpty();
  }
}

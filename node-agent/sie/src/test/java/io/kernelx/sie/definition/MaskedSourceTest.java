// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MaskedSourceTest {
  @Test
  void commentsStringsAndCharactersAreNoCode() {
    MaskedSource source = MaskedSource.of("a X /* X\n X */ \"X \\\" X\" 'X' // X\nX");
    assertThat(source.find("X")).hasSize(2);
    assertThat(source.lineOf(source.find("X").get(0))).isEqualTo(1);
    assertThat(source.lineOf(source.find("X").get(1))).isEqualTo(3);
  }

  @Test
  void wordsAreWhole() {
    MaskedSource source = MaskedSource.of("#define N 10\n#define N 100\n#define NN 10\n");
    assertThat(source.find("#define N 10")).containsExactly(0);
    assertThat(source.find("N")).hasSize(2);
  }

  @Test
  void textThatEndsInsideALiteralIsHarmless() {
    assertThat(MaskedSource.of("\"abc").text()).isEqualTo("    ");
    assertThat(MaskedSource.of("'\\").text()).isEqualTo("  ");
    assertThat(MaskedSource.of("/* X").find("X")).isEmpty();
    assertThat(MaskedSource.of("\"open\nX").find("X")).hasSize(1);
  }
}

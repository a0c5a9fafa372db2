// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MannerTest {
  @ParameterizedTest
  @CsvSource({"500ms, 500", "5s, 5000", "1m30s, 90000", "2h, 7200000", "1h1ms, 3600001"})
  void readsDurations(String text, int millis) {
    assertThat(Manner.millis(text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "5", "s", "5 s", "-1s", "1.5s", "5sx", "9999999999h", "600h"})
  void refusesOthers(String text) {
    assertThatThrownBy(() -> Manner.millis(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write 500ms");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorsTest {

  private static final Map<String, String> LABELS = Map.of("pool", "storage");

  @ParameterizedTest
  @CsvSource({
    "pool, In, storage, true",
    "pool, In, web, false",
    "zone, In, a, false",
    "pool, NotIn, storage, false",
    "pool, NotIn, web, true",
    "zone, NotIn, a, true",
    "pool, Exists, , true",
    "zone, Exists, , false",
    "pool, DoesNotExist, , false",
    "zone, DoesNotExist, , true",
    "pool, Near, storage, false"
  })
  void expressionsMeanWhatKubernetesMeans(
      String key, String operator, String value, boolean matches) {
    var builder = new LabelSelectorBuilder().addNewMatchExpression();
    builder.withKey(key).withOperator(operator);
    if (value != null) {
      builder.withValues(value);
    }
    assertThat(Selectors.matches(builder.endMatchExpression().build(), LABELS)).isEqualTo(matches);
  }

  @Test
  void anEmptySelectorMatchesAllAndNoSelectorMatchesNone() {
    assertThat(Selectors.matches(new LabelSelector(), LABELS)).isTrue();
    assertThat(Selectors.matches(null, LABELS)).isFalse();
  }

  @Test
  void allLabelsMustMatch() {
    LabelSelector both =
        new LabelSelectorBuilder()
            .addToMatchLabels("pool", "storage")
            .addToMatchLabels("a", "b")
            .build();
    assertThat(Selectors.matches(both, LABELS)).isFalse();
    assertThat(Selectors.matches(both, Map.of("pool", "storage", "a", "b", "c", "d"))).isTrue();
  }
}

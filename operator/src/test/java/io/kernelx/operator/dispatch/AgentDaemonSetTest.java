// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What agents are told by their environment. */
class AgentDaemonSetTest {

  private static List<EnvVar> environment(Optional<String> form) {
    AgentSettings settings =
        new AgentSettings("system", "image", "Always", "agent", form, Optional.empty(), List.of());
    return new AgentDaemonSet()
        .write(settings, Optional.empty(), List.of())
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getEnv();
  }

  @Test
  void theFormIsToldWhereThereIsOne() {
    assertThat(environment(Optional.of("native")))
        .filteredOn(e -> e.getName().equals("KERNELX_FORM"))
        .singleElement()
        .satisfies(e -> assertThat(e.getValue()).isEqualTo("native"));
  }

  @Test
  void eachNodeChoosesWhereThereIsNone() {
    assertThat(environment(Optional.empty()))
        .extracting(EnvVar::getName)
        .containsExactly("NODE_NAME");
  }
}

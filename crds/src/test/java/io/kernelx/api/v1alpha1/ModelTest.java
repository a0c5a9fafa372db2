// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTest {

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  private KernelTunable read(String value) {
    return serialization.unmarshal(
        """
        apiVersion: kernelx.io/v1alpha1
        kind: KernelTunable
        metadata: {name: plug}
        spec:
          constant: {name: BLK_MAX_REQUEST_COUNT}
          value: %s
          consistency: {mode: Immediate, timeout: 5s}
          nodeSelector: {}
          rollout: {maxUnavailable: 10%%}
        """
            .formatted(value),
        KernelTunable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"48", "\"48\""})
  void numberAndStringAreTheSameValue(String value) {
    KernelTunable tunable = read(value);
    assertThat(tunable.getSpec().value()).isEqualTo("48");
    assertThat(tunable.getSpec().consistency().mode()).isEqualTo(ConsistencyMode.IMMEDIATE);
    assertThat(tunable.getSpec().rollout().maxUnavailable()).isEqualTo("10%");
    assertThat(tunable.getSpec().nodeSelector()).isNotNull();
    assertThat(tunable.getStatus()).isNull();
  }

  @Test
  void largeNumbersKeepTheirDigits() {
    assertThat(read("9223372036854775807").getSpec().value()).isEqualTo("9223372036854775807");
    assertThat(read("\"18446744073709551615\"").getSpec().value())
        .isEqualTo("18446744073709551615");
  }

  @Test
  void emptyListsAreNotWritten() {
    NodeTuning tuning = new NodeTuning();
    tuning.getMetadata().setName("node-1");
    tuning.setSpec(new NodeTuningSpec("node-1", List.of()));
    String json = serialization.asJson(tuning);
    assertThat(json).contains("\"node\":\"node-1\"").doesNotContain("tunables", "status");
    assertThat(serialization.unmarshal(json, NodeTuning.class).getSpec())
        .isEqualTo(tuning.getSpec());
  }

  @Test
  void unknownFieldsOfLaterVersionsAreRead() {
    NodeTuning tuning =
        serialization.unmarshal(
            """
            {"apiVersion":"kernelx.io/v1alpha1","kind":"NodeTuning","metadata":{"name":"n"},
             "spec":{"node":"n"},
             "status":{"later":1,"tunables":[{"name":"a","uid":"u","state":"Applied","x":2}]}}
            """,
            NodeTuning.class);
    assertThat(tuning.getStatus().tunables().getFirst().state())
        .isEqualTo(NodeTunableState.APPLIED);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ConditionType.class,
        ConditionReason.class,
        TunablePhase.class,
        NodeTunableState.class,
        ConsistencyMode.class,
        BuildPhase.class
      })
  void textAndJsonNameAgree(Class<? extends Enum<?>> type) throws ReflectiveOperationException {
    for (Enum<?> constant : type.getEnumConstants()) {
      assertThat(type.getMethod("text").invoke(constant))
          .isEqualTo(type.getField(constant.name()).getAnnotation(JsonProperty.class).value());
    }
  }

  @ParameterizedTest
  @EnumSource(TunablePhase.class)
  void everyPhaseCanEndInDeletionAndDeletionIsFinal(TunablePhase phase) {
    assertThat(phase.canBecome(TunablePhase.TERMINATING)).isTrue();
    assertThat(Stream.of(TunablePhase.values()).filter(TunablePhase.TERMINATING::canBecome))
        .containsExactly(TunablePhase.TERMINATING);
  }

  @Test
  void failedStatesAreSettled() {
    assertThat(Stream.of(NodeTunableState.values()).filter(NodeTunableState::failed))
        .allMatch(NodeTunableState::settled)
        .doesNotContain(NodeTunableState.DRIFTED);
  }
}

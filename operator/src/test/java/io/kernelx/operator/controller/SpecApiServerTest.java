// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.operator.apiserver.ApiServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server and the operator answer to specs, good and bad. */
@Tag("cluster")
@ExtendWith(ApiServer.class)
class SpecApiServerTest extends OperatorOnApiServer {

  SpecApiServerTest(ApiServer.Access access) {
    super(access);
  }

  @Test
  void anUnknownConstantIsSaidAndNothingIsDone() {
    node("one", "amd64", AMD64).withAgent();
    apply("mystery", plug("48").replace("BLK_MAX_REQUEST_COUNT", "BLK_MAX_REQUESTS"));
    KernelTunable rejected = await("mystery", "Accepted", "False", "UnknownConstant");
    assertThat(condition(rejected, "Ready").orElseThrow().getMessage())
        .contains("BLK_MAX_REQUESTS;", "BLK_MAX_REQUEST_COUNT", "spec.constant.definition");
    assertThat(condition(rejected, "Stalled").orElseThrow().getStatus()).isEqualTo("True");
    assertThat(client.resources(NodeTuning.class).list().getItems()).isEmpty();
    assertThat(agents()).isNull();
    await(
        "a warning",
        () ->
            events("mystery").stream()
                .anyMatch(
                    e -> e.getType().equals("Warning") && e.getReason().equals("UnknownConstant")));
  }

  @Test
  void noMatchingNodeIsReady() {
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "NoMatchingNodes");
    await("plug", "Reconciling", "False", "Settled");
    assertThat(agents()).isNull();
  }

  @Test
  void whatIsNotThereYetIsSaidAndNotIgnored() {
    node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48").replace("value: 48", "value: 48, deletionPolicy: Orphan"));
    KernelTunable rejected = await("plug", "Accepted", "False", "NotYetSupported");
    assertThat(condition(rejected, "Accepted").orElseThrow().getMessage())
        .contains("spec.deletionPolicy Orphan");
    assertThat(client.resources(NodeTuning.class).list().getItems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"577h", "25000h", "9999999999h", "34561m", "0s", "5"})
  void theApiServerRefusesTimesThatNoKernelCanWait(String timeout) {
    assertThatThrownBy(
            () ->
                apply(
                    "plug",
                    plug("48")
                        .replace("mode: Immediate", "mode: Global, timeout: \"" + timeout + "\"")))
        .hasMessageContaining("24 days (576h) at most");
  }

  @Test
  void theApiServerAnswersBadSpecs() {
    assertThatThrownBy(
            () ->
                apply(
                    "plug",
                    plug("48")
                        .replace(
                            "value: 48",
                            "value: 48, policy: {configMapRef: {namespace: a, name: b}, key: c}")))
        .hasMessageContaining("give exactly one of value and policy");
    assertThatThrownBy(() -> apply("plug", plug("48").replace("value: 48, ", "")))
        .hasMessageContaining("give exactly one of value and policy");
    assertThatThrownBy(() -> apply("plug", plug("\"48; rm\"")))
        .hasMessageContaining("value must be an integer or a C integer constant expression");
    assertThatThrownBy(
            () -> apply("plug", plug("48").replace("consistency: {mode: Immediate},", "")))
        .hasMessageContaining("spec.consistency: Required value");
    assertThatThrownBy(
            () ->
                apply(
                    "plug",
                    plug("48").replace("mode: Immediate", "mode: Immediate, timeout: 5 days")))
        .hasMessageContaining("consistency.timeout must be a duration such as");
    assertThatThrownBy(
            () ->
                apply(
                    "plug",
                    plug("48")
                        .replace(
                            "nodeSelector: {matchLabels: {pool: storage}}",
                            "rollout: {maxUnavailable: 120%}, nodeSelector: {}")))
        .hasMessageContaining("rollout.maxUnavailable must be");
    apply("plug", plug("48"));
    assertThatThrownBy(
            () -> apply("plug", plug("48").replace("BLK_MAX_REQUEST_COUNT", "SHRINK_BATCH")))
        .hasMessageContaining("constant.name cannot change");
  }

  @Test
  void applyingTheSameAgainChangesNothingAndTheSpecIsTheUsersOwn() {
    node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    KernelTunable before = get("plug");
    apply("plug", plug("48"));
    KernelTunable after = get("plug");
    assertThat(after.getMetadata().getResourceVersion())
        .isEqualTo(before.getMetadata().getResourceVersion());
    assertThat(after.getMetadata().getManagedFields())
        .filteredOn(m -> !"gitops".equals(m.getManager()))
        .allSatisfy(
            m ->
                assertThat(m.getFieldsV1().getAdditionalProperties().keySet())
                    .doesNotContain("f:spec"));
  }
}

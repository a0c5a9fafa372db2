// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.kernelx.api.v1alpha1.BuildRefusal;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.TunablePhase;
import io.kernelx.api.v1alpha1.TuningAction;
import io.kernelx.operator.apiserver.ApiServer;
import io.kernelx.operator.apiserver.SimulatedNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator against a real API server: values, nodes, and what becomes of them. */
@Tag("cluster")
@ExtendWith(ApiServer.class)
class OperatorApiServerTest extends OperatorOnApiServer {

  OperatorApiServerTest(ApiServer.Access access) {
    super(access);
  }

  @Test
  void aValueIsAppliedChangedAndTakenBack() {
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    SimulatedNode two = node("two", "amd64", CLOUD).withAgent();
    apply("plug", plug("48"));
    KernelTunable ready = await("plug", "Ready", "True", "RolledOut");

    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "48");
    assertThat(two.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "48");
    var status = ready.getStatus();
    assertThat(status.phase()).isEqualTo(TunablePhase.APPLIED);
    assertThat(status.nodes().matched()).isEqualTo(2);
    assertThat(status.nodes().applied()).isEqualTo(2);
    assertThat(status.kernelCount()).isEqualTo(2);
    assertThat(status.kernels()).extracting(k -> k.release()).containsExactly(AMD64, CLOUD);
    assertThat(status.kernels()).extracting(k -> k.expression()).containsOnly("V * 2");
    assertThat(status.transition().max()).isEqualTo("2.8ms");
    assertThat(status.lastStable().value()).isEqualTo("48");
    assertThat(client.resources(KernelBuild.class).list().getItems()).hasSize(2);
    NodeTuning tuning = client.resources(NodeTuning.class).withName("one").get();
    assertThat(tuning.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(
            owner -> {
              assertThat(owner.getKind()).isEqualTo("Node");
              assertThat(owner.getUid())
                  .isEqualTo(client.nodes().withName("one").get().getMetadata().getUid());
            });
    assertThat(agents().getSpec().getUpdateStrategy().getType()).isEqualTo("OnDelete");
    assertThat(agents().getSpec().getTemplate().getSpec().getAffinity().toString())
        .contains("pool", "storage", "kubernetes.io/arch");

    apply("plug", plug("\"16\""));
    KernelTunable changed = await("plug", "Ready", "True", "RolledOut");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "16");
    assertThat(changed.getStatus().revision()).isEqualTo(2);
    assertThat(client.resources(KernelBuild.class).list().getItems())
        .hasSize(2)
        .allSatisfy(b -> assertThat(b.getSpec().values()).containsExactly("48", "16"));

    client.resources(KernelTunable.class).withName("plug").delete();
    await("plug to be gone", () -> get("plug") == null);
    assertThat(one.values()).isEmpty();
    assertThat(two.values()).isEmpty();
    await("the agents to be gone", () -> agents() == null);
    await(
        "the NodeTunings to be gone",
        () -> client.resources(NodeTuning.class).list().getItems().isEmpty());
  }

  @Test
  void eachChangeIsOneEventAndNoMessageListsNodes() {
    node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    apply("plug", plug("49"));
    await("plug", "Ready", "True", "RolledOut");
    List<Event> told = events("plug");
    assertThat(told).extracting(Event::getReason).contains("Accepted", "RolledOut");
    assertThat(told.stream().filter(e -> e.getReason().equals("Accepted"))).hasSize(1);
    assertThat(told).allSatisfy(e -> assertThat(e.getMessage()).doesNotContain("one"));
  }

  @Test
  void aRefusedValueLeavesTheFormerOneInForce() {
    SimulatedNode one =
        node("one", "amd64", AMD64)
            .builderRefusesValue(
                v ->
                    Integer.parseInt(v) > 63
                        ? Optional.of(
                            new BuildRefusal("ValueOutOfRange", v + " is outside of 1 to 63"))
                        : Optional.empty())
            .withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    apply("plug", plug("64"));
    KernelTunable refused = await("plug", "Built", "False", "ValueOutOfRange");
    assertThat(condition(refused, "Ready").orElseThrow())
        .satisfies(
            c -> {
              assertThat(c.getStatus()).isEqualTo("False");
              assertThat(c.getReason()).isEqualTo("ValueOutOfRange");
              assertThat(c.getMessage())
                  .contains("64 is outside of 1 to 63", "nodes keep the former value");
            });
    assertThat(condition(refused, "Stalled").orElseThrow().getStatus()).isEqualTo("True");
    assertThat(refused.getStatus().phase()).isEqualTo(TunablePhase.REFUSED);
    assertThat(refused.getStatus().lastStable().value()).isEqualTo("48");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "48");

    apply("plug", plug("32"));
    await("plug", "Ready", "True", "RolledOut");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "32");
  }

  @Test
  void aKernelWithoutSourceIsRefusedAndTheOtherKernelGoesOn() {
    node("one", "amd64", AMD64)
        .builderRefuses(new BuildRefusal("SourceNotFound", "there is no source of 6.12.117"))
        .withAgent();
    SimulatedNode two = node("two", "amd64", CLOUD).withAgent();
    apply("plug", plug("48"));
    KernelTunable refused = await("plug", "Ready", "False", "SourceNotFound");
    assertThat(condition(refused, "Ready").orElseThrow().getMessage())
        .isEqualTo(AMD64 + ": there is no source of 6.12.117");
    await("two to run with 48", () -> "48".equals(two.values().get("BLK_MAX_REQUEST_COUNT")));
    await("the count", () -> get("plug").getStatus().nodes().applied() == 1);
    assertThat(get("plug").getStatus().nodes().failed()).isEqualTo(1);
  }

  @Test
  void anAgentThatRefusesIsShownWithItsSentence() {
    node("one", "amd64", AMD64)
        .agentRefuses(
            order ->
                Optional.of(
                    new BuildRefusal("LiveTextMismatch", "blk_add_rq_to_plug+0x2e differs")))
        .withAgent();
    apply("plug", plug("48"));
    KernelTunable failed = await("plug", "Ready", "False", "NodesFailed");
    assertThat(failed.getStatus().failures())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.node()).isEqualTo("one");
              assertThat(f.reason()).isEqualTo("LiveTextMismatch");
              assertThat(f.message()).isEqualTo("blk_add_rq_to_plug+0x2e differs");
            });
    assertThat(condition(failed, "Stalled").orElseThrow().getStatus()).isEqualTo("True");
  }

  @Test
  void aNodeThatIsNotX86IsCountedAndLeftAlone() {
    node("arm", "arm64", AMD64);
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    KernelTunable ready = await("plug", "Ready", "True", "RolledOut");
    assertThat(ready.getStatus().nodes().matched()).isEqualTo(2);
    assertThat(ready.getStatus().nodes().unsupported()).isEqualTo(1);
    assertThat(condition(ready, "Ready").orElseThrow().getMessage())
        .contains("1 matched node cannot be tuned", "arm64");
    assertThat(client.resources(NodeTuning.class).withName("arm").get()).isNull();
    assertThat(one.values()).isNotEmpty();
  }

  @Test
  void theOlderOfTwoTunablesWinsAndTheYoungerFollowsWhenItGoes() throws InterruptedException {
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    apply("older", plug("48"));
    await("older", "Ready", "True", "RolledOut");
    Thread.sleep(1100);
    apply("younger", plug("16"));
    KernelTunable younger = await("younger", "Ready", "False", "Conflict");
    assertThat(condition(younger, "Ready").orElseThrow().getMessage()).contains("older");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "48");
    client.resources(KernelTunable.class).withName("older").delete();
    await("younger", "Ready", "True", "RolledOut");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "16");
  }

  @Test
  void deletionWaitsForANodeThatIsDownUntilItReboots() {
    node("one", "amd64", AMD64).withAgent();
    SimulatedNode two = node("two", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    two.down();
    client.resources(KernelTunable.class).withName("plug").delete();
    KernelTunable waiting = await("plug", "Ready", "False", "WaitingForNodes");
    assertThat(condition(waiting, "Ready").orElseThrow().getMessage())
        .contains("1 node is not Ready", "kernelx.io/force-delete=true");
    assertThat(waiting.getStatus().phase()).isEqualTo(TunablePhase.TERMINATING);
    await(
        "an event",
        () -> events("plug").stream().anyMatch(e -> e.getReason().equals("WaitingForNodes")));
    assertThat(agents()).as("agents stay as long as a node has something to revert").isNotNull();

    two.rebootWithoutAgent();
    await("plug to be gone", () -> get("plug") == null);
  }

  @Test
  void aForcedDeletionLeavesTheOrderToRevertBehind() {
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    one.down();
    client.resources(KernelTunable.class).withName("plug").delete();
    await("plug", "Ready", "False", "WaitingForNodes");
    client
        .resources(KernelTunable.class)
        .withName("plug")
        .edit(
            t -> {
              t.getMetadata().setAnnotations(Map.of(KernelTunable.FORCE_DELETE, "true"));
              return t;
            });
    await("plug to be gone", () -> get("plug") == null);
    NodeTuning tuning = client.resources(NodeTuning.class).withName("one").get();
    assertThat(tuning.getSpec().tunables())
        .singleElement()
        .satisfies(order -> assertThat(order.action()).isEqualTo(TuningAction.REVERT));
    assertThat(agents()).isNotNull();
    assertThat(one.values()).isNotEmpty();

    one.agentReturns();
    await("the order to be followed", () -> one.values().isEmpty());
    await(
        "the NodeTuning to be gone",
        () -> client.resources(NodeTuning.class).list().getItems().isEmpty());
    await("the agents to be gone", () -> agents() == null);
  }

  @Test
  void aNodeThatIsNoLongerSelectedGoesBack() {
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    apply("plug", plug("48").replace("storage", "elsewhere"));
    await("plug", "Ready", "True", "NoMatchingNodes");
    await("one to go back", () -> one.values().isEmpty());
    await(
        "the NodeTuning to be gone",
        () -> client.resources(NodeTuning.class).list().getItems().isEmpty());
    await("the agents to be gone", () -> agents() == null);
  }

  @Test
  void aRestartedOperatorFindsEverythingAndWritesNothing() throws InterruptedException {
    SimulatedNode one = node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Ready", "True", "RolledOut");
    Thread.sleep(500);
    String before = versions();
    restart(List.of());
    Thread.sleep(2000);
    assertThat(versions()).isEqualTo(before);
    apply("plug", plug("16"));
    await("plug", "Ready", "True", "RolledOut");
    assertThat(one.values()).containsEntry("BLK_MAX_REQUEST_COUNT", "16");
  }

  private String versions() {
    return "%s %s %s %s"
        .formatted(
            get("plug").getMetadata().getResourceVersion(),
            client
                .resources(NodeTuning.class)
                .withName("one")
                .get()
                .getMetadata()
                .getResourceVersion(),
            client
                .resources(KernelBuild.class)
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getResourceVersion(),
            agents().getMetadata().getResourceVersion());
  }

  @Test
  void anExternalBuilderIsAskedInPlaceOfANode() {
    restart(List.of("buildhost"));
    node("one", "amd64", AMD64).withAgent();
    apply("plug", plug("48"));
    await("plug", "Built", "False", "Building");
    await(
        "a build",
        () ->
            client.resources(KernelBuild.class).list().getItems().stream()
                .anyMatch(b -> b.getSpec().builders().equals(List.of("buildhost"))));
  }
}

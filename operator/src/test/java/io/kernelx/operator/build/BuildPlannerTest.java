// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.build;

import static io.kernelx.operator.Fixtures.BOOT;
import static io.kernelx.operator.Fixtures.facts;
import static io.kernelx.operator.Fixtures.tuning;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.observe.KernelKey;
import io.kernelx.operator.observe.NodeFacts;
import io.kernelx.operator.observe.ObservedNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BuildPlannerTest {

  private static final BuildTarget TARGET =
      new BuildTarget(new KernelKey("6.12", "abc"), Definition.of("__MAX_ROUNDS", "text"), "1");

  private final BuildPlanner byNodes = new BuildPlanner(List.of());

  private static ObservedNode node(String name, boolean ready) {
    NodeFacts facts = new NodeFacts(name, "u", Map.of(), "amd64", BOOT, ready);
    return new ObservedNode(
        name, Optional.of(facts), Optional.of(tuning(name, List.of(), List.of())));
  }

  private static Optional<KernelBuild> existing(KernelBuildSpec spec) {
    KernelBuild build = new KernelBuild();
    build.setMetadata(new ObjectMetaBuilder().withName(TARGET.name()).build());
    build.setSpec(spec);
    return Optional.of(build);
  }

  @Test
  void theFirstReadyNodeBuilds() {
    KernelBuildSpec spec =
        byNodes
            .plan(TARGET, "48", Optional.empty(), List.of(node("a", false), node("b", true)))
            .orElseThrow();
    assertThat(spec.builders()).containsExactly("b");
    assertThat(spec.values()).containsExactly("48");
    assertThat(spec.kernel().release()).isEqualTo("6.12");
    assertThat(facts("b").x86()).isTrue();
  }

  @Test
  void noReadyNodeNoBuild() {
    assertThat(byNodes.plan(TARGET, "48", Optional.empty(), List.of(node("a", false)))).isEmpty();
  }

  @Test
  void externalBuildersTakePrecedence() {
    assertThat(
            new BuildPlanner(List.of("x", "y"))
                .plan(TARGET, "48", Optional.empty(), List.of(node("a", true)))
                .orElseThrow()
                .builders())
        .containsExactly("x", "y");
  }

  @Test
  void valuesAreAddedAndTheBuilderStays() {
    var first =
        byNodes.plan(TARGET, "48", Optional.empty(), List.of(node("b", true))).orElseThrow();
    var second =
        byNodes
            .plan(TARGET, "16", existing(first), List.of(node("a", true), node("b", true)))
            .orElseThrow();
    assertThat(second.values()).containsExactly("48", "16");
    assertThat(second.builders()).containsExactly("b");
    assertThat(byNodes.plan(TARGET, "48", existing(second), List.of(node("b", true))))
        .contains(second);
  }

  @Test
  void aBuilderThatIsLostIsReplaced() {
    var first =
        byNodes.plan(TARGET, "48", Optional.empty(), List.of(node("a", true))).orElseThrow();
    assertThat(
            byNodes
                .plan(TARGET, "48", existing(first), List.of(node("a", false), node("b", true)))
                .orElseThrow()
                .builders())
        .containsExactly("b");
  }

  @Test
  void theNameSaysWhatAndIsAResourceName() {
    assertThat(TARGET.name()).matches("max-rounds-[0-9a-f]{12}");
    assertThat(new BuildTarget(TARGET.kernel(), TARGET.definition(), "2").name())
        .isNotEqualTo(TARGET.name());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kernelx.agent.node.Samples;
import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.sie.plan.PlanJson;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BuildDutyTest {
  /** sha256 of "definition". */
  private static final String DIGEST =
      "sha256:4c4ed1afbfdaa1e4c3bf7bbb82d730cecb7e384da91eea4f3cc093fd545524d6";

  private final FakeBoard board = new FakeBoard();
  private final FakePlanner planner = new FakePlanner();
  private final BuildDuty duty =
      new BuildDuty(
          "host",
          planner,
          board,
          Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC));
  private final OpenBuilds open = new OpenBuilds("host", board);

  @Test
  void reportsThePlanAndEachValue() throws Exception {
    planner.answer =
        new Planner.Answer.Planned(
            Samples.plan("A", Samples.RELEASE, "4", "48"),
            Map.of("64", new Planner.Refusal("ValueOutOfRange", "64 is beyond 63.")),
            Map.of());
    BuildReportStatus status = duty.answer(build("4", "48", "64"));
    assertThat(board.phases).containsExactly(BuildPhase.BUILDING, BuildPhase.BUILT);
    assertThat(PlanJson.read(status.plan()).digest()).isEqualTo(status.planDigest());
    assertThat(status.observedValues()).containsExactly("4", "48", "64");
    assertThat(status.values()).hasSize(3);
    assertThat(status.values().getFirst().form()).isEqualTo("Observed");
    assertThat(status.values().getFirst().digest()).isEqualTo(status.planDigest());
    assertThat(status.values().getLast().refusal().reason()).isEqualTo("ValueOutOfRange");
    assertThat(status.values().getLast().digest()).isNull();
  }

  @Test
  void keepsTheOldPlanWhileItMakesTheNewOne() throws Exception {
    planner.answer =
        new Planner.Answer.Planned(Samples.plan("A", Samples.RELEASE, "4"), Map.of(), Map.of());
    BuildReportStatus first = duty.answer(build("4"));
    planner.answer =
        new Planner.Answer.Planned(
            Samples.plan("A", Samples.RELEASE, "4", "5"), Map.of(), Map.of());
    duty.answer(build("4", "5"));
    assertThat(board.history.get(2).phase()).isEqualTo(BuildPhase.BUILDING);
    assertThat(board.history.get(2).plan()).isEqualTo(first.plan());
  }

  @Test
  void reportsRefusals() throws Exception {
    planner.answer =
        new Planner.Answer.Refused(
            new Planner.Refusal("SourceNotFound", "There is no source of Linux 6.5."));
    BuildReportStatus status = duty.answer(build("4"));
    assertThat(status.phase()).isEqualTo(BuildPhase.REFUSED);
    assertThat(status.refusal().reason()).isEqualTo("SourceNotFound");
    assertThat(status.refusal().message()).isEqualTo("There is no source of Linux 6.5.");
  }

  @Test
  void refusesDefinitionsThatWereTamperedWithAndOtherPlanners() throws Exception {
    KernelBuild tampered = build("4");
    tampered.setSpec(spec("sha256:00", "1", "4"));
    assertThat(duty.answer(tampered).refusal().reason()).isEqualTo("InvalidDefinition");
    KernelBuild newer = build("4");
    newer.setSpec(spec(DIGEST, "2", "4"));
    assertThat(duty.answer(newer).refusal().reason()).isEqualTo("PlannerMismatch");
    assertThat(planner.calls).isZero();
  }

  @Test
  void owesAnAnswerOnlyForWhatItIsNamedFor() {
    KernelBuild other = build("4");
    other.setSpec(
        new KernelBuildSpec(
            other.getSpec().kernel(), "A", "definition", DIGEST, "1", List.of("4"), List.of("x")));
    assertThat(open.next(List.of(other))).isEmpty();
    assertThat(open.next(List.of(build("4")))).isPresent();
  }

  @Test
  void owesNothingOnceEveryValueIsAnswered() throws Exception {
    planner.answer =
        new Planner.Answer.Planned(Samples.plan("A", Samples.RELEASE, "4"), Map.of(), Map.of());
    duty.answer(build("4"));
    assertThat(open.next(List.of(build("4")))).isEmpty();
    assertThat(open.next(List.of(build("4", "5")))).isPresent();
  }

  @Test
  void looksAtARefusalOncePerProcess() throws Exception {
    planner.answer = new Planner.Answer.Refused(new Planner.Refusal("SourceNotFound", "None."));
    KernelBuild build = build("4");
    duty.answer(build);
    assertThat(open.next(List.of(build))).isPresent();
    open.taken(build);
    assertThat(open.next(List.of(build))).isEmpty();
    assertThat(new OpenBuilds("host", board).next(List.of(build))).isPresent();
  }

  private static KernelBuild build(String... values) {
    KernelBuild build = new KernelBuild();
    build.setMetadata(
        new ObjectMetaBuilder()
            .withName("b")
            .withUid("u")
            .withCreationTimestamp("2026-01-01T00:00:00Z")
            .build());
    build.setSpec(spec(DIGEST, "1", values));
    return build;
  }

  private static KernelBuildSpec spec(String digest, String planner, String... values) {
    return new KernelBuildSpec(
        new KernelBuildSpec.Kernel(Samples.RELEASE, "abcd", "amd64", "gcc-12"),
        "A",
        "definition",
        digest,
        planner,
        List.of(values),
        List.of("host"));
  }

  private static final class FakePlanner implements Planner {
    Answer answer;
    int calls;

    @Override
    public String version() {
      return "1";
    }

    @Override
    public Answer plan(KernelBuildSpec.Kernel kernel, String definition, List<String> values) {
      calls++;
      return answer;
    }
  }

  private static final class FakeBoard implements ReportBoard {
    final Map<String, BuildReportStatus> standing = new HashMap<>();
    final List<BuildReportStatus> history = new ArrayList<>();
    final List<BuildPhase> phases = new ArrayList<>();

    @Override
    public Optional<BuildReportStatus> read(KernelBuild build) {
      return Optional.ofNullable(standing.get(build.getMetadata().getName()));
    }

    @Override
    public void write(KernelBuild build, BuildReportStatus status) {
      standing.put(build.getMetadata().getName(), status);
      history.add(status);
      phases.add(status.phase());
    }
  }
}

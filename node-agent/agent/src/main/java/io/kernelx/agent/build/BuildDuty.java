// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.build;

import io.kernelx.api.v1alpha1.BuildPhase;
import io.kernelx.api.v1alpha1.BuildRefusal;
import io.kernelx.api.v1alpha1.BuildReportStatus;
import io.kernelx.api.v1alpha1.BuiltValue;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelBuildSpec;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.TunablePlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Answers KernelBuilds in the name of one builder.
 *
 * <p>Not for several threads.
 */
public final class BuildDuty {
  private final String builder;
  private final Planner planner;
  private final ReportBoard board;
  private final Clock clock;

  public BuildDuty(String builder, Planner planner, ReportBoard board, Clock clock) {
    this.builder = builder;
    this.planner = planner;
    this.board = board;
    this.clock = clock;
  }

  /** Makes the plan and reports it. */
  public BuildReportStatus answer(KernelBuild build) throws InterruptedException {
    KernelBuildSpec spec = build.getSpec();
    Instant began = clock.instant();
    board.write(build, announcement(build, spec));
    BuildReportStatus answer = answer(spec, began);
    board.write(build, answer);
    return answer;
  }

  /** While it works, what was planned before stays. */
  private BuildReportStatus announcement(KernelBuild build, KernelBuildSpec spec) {
    return board
        .read(build)
        .filter(s -> s.plan() != null)
        .map(
            s ->
                new BuildReportStatus(
                    BuildPhase.BUILDING,
                    s.plan(),
                    s.planDigest(),
                    s.values(),
                    s.observedValues(),
                    null,
                    null))
        .orElseGet(
            () ->
                new BuildReportStatus(
                    BuildPhase.BUILDING, null, null, null, spec.values(), null, null));
  }

  private BuildReportStatus answer(KernelBuildSpec spec, Instant began)
      throws InterruptedException {
    String digest = sha256(spec.definition());
    if (!digest.equals(spec.definitionDigest())) {
      return refused(
          spec,
          began,
          "InvalidDefinition",
          "The definition's digest is %s, but the build says %s."
              .formatted(digest, spec.definitionDigest()));
    }
    if (!planner.version().equals(spec.plannerVersion())) {
      return refused(
          spec,
          began,
          "PlannerMismatch",
          "The build asks for planner version %s and builder %s has %s; use matching images."
              .formatted(spec.plannerVersion(), builder, planner.version()));
    }
    return switch (planner.plan(spec.kernel(), spec.definition(), spec.values())) {
      case Planner.Answer.Refused(Planner.Refusal refusal) ->
          refused(spec, began, refusal.reason(), refusal.message());
      case Planner.Answer.Planned(
              TunablePlan plan,
              Map<String, Planner.Refusal> refusals,
              Map<String, String> numbers) -> {
        TunablePlan digested = PlanJson.withDigest(plan);
        yield new BuildReportStatus(
            BuildPhase.BUILT,
            PlanJson.write(digested),
            digested.digest(),
            spec.values().stream()
                .map(v -> value(v, numbers.getOrDefault(v, v), digested, refusals))
                .toList(),
            spec.values(),
            took(began),
            null);
      }
    };
  }

  private static BuiltValue value(
      String value, String number, TunablePlan plan, Map<String, Planner.Refusal> refusals) {
    return plan.value(number)
        .map(p -> new BuiltValue(value, p.value(), form(p.form()), plan.digest(), null))
        .orElseGet(
            () -> {
              Planner.Refusal refusal =
                  refusals.getOrDefault(
                      value,
                      new Planner.Refusal("NotProvable", "The planner gave no proof for " + value));
              return new BuiltValue(
                  value, number, null, null, new BuildRefusal(refusal.reason(), refusal.message()));
            });
  }

  private static String form(PlannedValue.Form form) {
    String name = form.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private BuildReportStatus refused(
      KernelBuildSpec spec, Instant began, String reason, String message) {
    return new BuildReportStatus(
        BuildPhase.REFUSED,
        null,
        null,
        List.of(),
        spec.values(),
        took(began),
        new BuildRefusal(reason, message));
  }

  private String took(Instant began) {
    return Duration.between(began, clock.instant()).toMillis() + "ms";
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

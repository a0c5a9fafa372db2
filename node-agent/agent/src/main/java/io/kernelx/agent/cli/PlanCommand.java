// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProvedRange;
import io.kernelx.sie.plan.Refusal;
import io.kernelx.sie.plan.TunablePlan;
import io.kernelx.sie.synthesis.JumpObstacle;
import io.kernelx.sie.synthesis.JumpPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Analyses constants and shows the plans, or why there is none. */
@Command(
    name = "plan",
    description = "Analyses constants and shows their plans; needs no root and no cluster.")
final class PlanCommand implements Callable<Integer> {
  private final Machine machine;
  private final Output output;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "definitions (.toml)")
  private List<Path> files;

  @Mixin private OutputOption answer = new OutputOption();

  @Mixin private PlanningOptions planning = new PlanningOptions();

  PlanCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  /**
   * The JSON shape. A plan that lacks a value that was asked for is there, and the outcome is that
   * value's refusal.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Answer(
      String outcome,
      Why refusal,
      JsonNode plan,
      List<RefusedValue> refusedValues,
      Map<String, String> numbers,
      List<String> notes,
      List<Answer.JumpPlace> jumpPlaces,
      List<String> units,
      Map<String, Double> stages) {

    record Why(String reason, String message) {
      static Why of(Refusal refusal) {
        return new Why(refusal.reason().text(), refusal.message());
      }
    }

    record RefusedValue(String value, Why refusal) {}

    /**
     * Where a site's probe could be a jump.
     *
     * @param legal offsets in the site's function
     * @param obstacle why there is none, if so
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record JumpPlace(List<Integer> legal, String obstacle) {
      static JumpPlace of(JumpPlaces.Legal place) {
        return new JumpPlace(place.legal(), place.obstacle().map(JumpObstacle::text).orElse(null));
      }
    }

    static Answer of(PlanOutcome outcome) {
      return switch (outcome) {
        case PlanOutcome.Refused r ->
            new Answer(
                "refused",
                Why.of(r.refusal()),
                null,
                null,
                null,
                null,
                null,
                r.units(),
                r.stages());
        case PlanOutcome.Planned p ->
            new Answer(
                p.refused().isEmpty() ? "planned" : "refused",
                p.refused().stream().findFirst().map(v -> Why.of(v.refusal())).orElse(null),
                Output.tree(PlanJson.write(p.plan())),
                p.refused().stream()
                    .map(v -> new RefusedValue(v.value(), Why.of(v.refusal())))
                    .toList(),
                p.numbers(),
                p.notes(),
                p.jumpPlaces().stream().map(JumpPlace::of).toList(),
                p.units(),
                p.stages());
      };
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Named> all = new ArrayList<>();
    for (Path file : files) {
      all.addAll(read(file));
    }
    List<Answer> answers = new ArrayList<>();
    ExitCode worst = ExitCode.DONE;
    for (Named named : all) {
      PlanOutcome outcome = plan(named);
      boolean whole = outcome instanceof PlanOutcome.Planned p && p.refused().isEmpty();
      worst = whole ? worst : ExitCode.REFUSED;
      if (answer.json()) {
        answers.add(Answer.of(outcome));
      } else {
        show(named.name(), outcome);
      }
    }
    if (answer.json()) {
      output.json(answers.size() == 1 ? answers.getFirst() : answers);
    }
    return worst.number();
  }

  /**
   * A definition, or why there is none.
   *
   * @param name for people
   */
  private record Named(String name, Optional<Definition> definition, Optional<Refusal> refusal) {}

  private static List<Named> read(Path file) {
    try {
      return DefinitionReader.readAll(Files.readString(file), file.toString()).stream()
          .map(d -> new Named(d.constant(), Optional.of(d), Optional.empty()))
          .toList();
    } catch (IOException e) {
      throw new Failure(ExitCode.ERROR, file + " cannot be read; give a definition (.toml).");
    } catch (DefinitionException e) {
      Refusal refusal = new Refusal(Refusal.Reason.INVALID_DEFINITION, e.getMessage());
      return List.of(new Named(file.toString(), Optional.empty(), Optional.of(refusal)));
    }
  }

  private PlanOutcome plan(Named named) throws InterruptedException {
    return named.definition().isPresent()
        ? planning.plan(machine, named.definition().get())
        : new PlanOutcome.Refused(named.refusal().orElseThrow(), List.of(), Map.of());
  }

  private void show(String name, PlanOutcome outcome) {
    switch (outcome) {
      case PlanOutcome.Refused r ->
          output.line(
              "%s: refused: %s: %s"
                  .formatted(name, r.refusal().reason().text(), r.refusal().message()));
      case PlanOutcome.Planned p -> show(p);
    }
    output.line(
        "  units %s, %s"
            .formatted(
                String.join(" ", outcome.units()),
                outcome.stages().entrySet().stream()
                    .map(e -> "%s %.1f s".formatted(e.getKey(), e.getValue()))
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("")));
  }

  private void show(PlanOutcome.Planned planned) {
    TunablePlan plan = planned.plan();
    output.line(
        "%s on %s: planned, compiled value %s, %s"
            .formatted(
                plan.constant(),
                plan.kernel().release(),
                plan.original(),
                PlanJson.withDigest(plan).digest()));
    for (ProbeSite site : plan.sites()) {
      for (ProbeSite.Write write : site.writes()) {
        output.line(
            "  %s+0x%x  %s  (u%d)%s = %s%s"
                .formatted(
                    site.function(),
                    site.offset(),
                    site.kind().name().toLowerCase(java.util.Locale.ROOT),
                    write.width(),
                    write.target(),
                    write.expression(),
                    site.jumpOptimisable() ? "  [jump]" : ""));
      }
    }
    for (PlannedValue value : plan.values()) {
      output.line(
          "  value %s: %s, %s"
              .formatted(
                  value.value(),
                  value.form().name().toLowerCase(java.util.Locale.ROOT),
                  value.proof().name().toLowerCase(java.util.Locale.ROOT)));
    }
    for (ProvedRange range : plan.closed()) {
      output.line(
          "  closed for %s to %s, %s"
              .formatted(
                  range.min(),
                  range.max(),
                  range.proof().name().toLowerCase(java.util.Locale.ROOT)));
    }
    planned.notes().forEach(note -> output.line("  note: " + note));
    planned
        .refused()
        .forEach(
            v ->
                output.line(
                    "  value %s: refused: %s: %s"
                        .formatted(v.value(), v.refusal().reason().text(), v.refusal().message())));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kernelx.agent.build.LinuxAnalysis;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.sie.PlanOutcome;
import io.kernelx.sie.codegen.StubSource;
import io.kernelx.sie.definition.Catalogue;
import io.kernelx.sie.definition.Definition;
import io.kernelx.sie.definition.Definition.DeclaredSpan;
import io.kernelx.sie.definition.Definition.Origin;
import io.kernelx.sie.definition.DefinitionException;
import io.kernelx.sie.definition.DefinitionReader;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes what loading a constant takes: plan, stub and compiled stub, a folder for each. */
@Command(
    name = "build",
    description = "Makes plans and stubs of definitions; needs no root and no cluster.")
final class BuildCommand implements Callable<Integer> {
  /** The LLVM pass is known to take an hour for some constants. */
  private static final Duration ANALYSIS_LIMIT = Duration.ofHours(2);

  private final Machine machine;
  private final Output output;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "definitions (.toml)")
  private List<Path> files = List.of();

  @Option(names = "--all", description = "Every constant of the catalogue.")
  private boolean all;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "build",
      description = "Where a folder for each constant is made; by default ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--run-analysis",
      description = "Ask a linux-analysis checkout beside the project for safe spans.")
  private boolean analyse;

  @Option(
      names = "--project",
      paramLabel = "DIR",
      defaultValue = "${env:KERNELX_HOME:-/opt/kernelx}",
      description = "The project's folder, which holds tunables; by default $KERNELX_HOME.")
  private Path project;

  @Mixin private OutputOption answer = new OutputOption();

  @Mixin private PlanningOptions planning = new PlanningOptions();

  BuildCommand(Machine machine, Output output) {
    this.machine = machine;
    this.output = output;
  }

  /** The JSON shape, one for each definition. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Built(
      String constant,
      String outcome,
      PlanCommand.Answer.Why refusal,
      String plan,
      String stub,
      String object,
      List<String> said) {}

  @Override
  public Integer call() throws InterruptedException {
    List<Definition> definitions = definitions();
    List<Built> built = new ArrayList<>();
    for (int i = 0; i < definitions.size(); i++) {
      Definition definition = definitions.get(i);
      output.progress("[%d/%d] %s".formatted(i + 1, definitions.size(), definition.constant()));
      Built one = build(definition);
      built.add(one);
      if (!answer.json()) {
        output.line(
            one.refusal() == null
                ? "%s: planned: %s".formatted(one.constant(), out.resolve(definition.name()))
                : "%s: refused: %s: %s"
                    .formatted(one.constant(), one.refusal().reason(), one.refusal().message()));
      }
    }
    if (answer.json()) {
      output.json(built);
    }
    boolean refused = built.stream().anyMatch(b -> b.refusal() != null);
    return (refused ? ExitCode.REFUSED : ExitCode.DONE).number();
  }

  private List<Definition> definitions() {
    if (all != files.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "Name definitions, or give --all.");
    }
    List<Definition> found = new ArrayList<>();
    Path reading = project.resolve("tunables");
    try {
      if (all) {
        Catalogue.load(reading).entries().forEach(e -> found.add(e.definition()));
      }
      for (Path file : files) {
        reading = file;
        found.addAll(DefinitionReader.readAll(Files.readString(file), file.toString()));
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ERROR, reading + " cannot be read; give definitions (.toml) or --project.");
    } catch (DefinitionException e) {
      throw new Failure(ExitCode.ERROR, e.getMessage());
    }
    return found;
  }

  private Built build(Definition given) throws InterruptedException {
    List<String> said = new ArrayList<>();
    Definition definition = analyse && !given.hasSpans() ? analysed(given, said) : given;
    PlanOutcome outcome = planning.plan(machine, definition);
    return switch (outcome) {
      case PlanOutcome.Refused r ->
          new Built(
              definition.constant(),
              "refused",
              PlanCommand.Answer.Why.of(r.refusal()),
              null,
              null,
              null,
              said);
      case PlanOutcome.Planned p -> write(definition, p.plan(), said);
    };
  }

  private Definition analysed(Definition definition, List<String> said)
      throws InterruptedException {
    List<DeclaredSpan> spans =
        new LinuxAnalysis(project, System.getenv(), ANALYSIS_LIMIT, s -> say(said, s))
            .spans(definition.name()).stream()
                .map(
                    r ->
                        new DeclaredSpan(
                            r.function(),
                            r.start(),
                            r.end(),
                            Optional.of(planning.release(machine)),
                            Origin.LLVM_ANALYSIS))
                .toList();
    return spans.isEmpty() ? definition : definition.withSafeSpans(spans);
  }

  private void say(List<String> said, String sentence) {
    said.add(sentence);
    output.progress(sentence);
  }

  private Built write(Definition definition, TunablePlan plan, List<String> said) {
    for (SafeSpan span : plan.spans()) {
      if (!span.note().isEmpty()) {
        say(said, "%s: %s".formatted(span.function(), span.note()));
      }
    }
    definition.safeSpans().stream()
        .map(DeclaredSpan::function)
        .filter(f -> plan.spans().stream().noneMatch(s -> s.function().equals(f)))
        .collect(Collectors.toCollection(TreeSet::new))
        .forEach(f -> say(said, f + " holds no probe, so its given safe spans are not needed."));
    Path folder = out.resolve(definition.name());
    Path planned = folder.resolve("plan.json");
    Path stub = folder.resolve("stub.bpf.c");
    String object = null;
    try {
      Files.createDirectories(folder);
      Files.writeString(planned, PlanJson.write(plan));
      String source = StubSource.generate(plan);
      Files.writeString(stub, source);
      Path compiled = folder.resolve("stub.bpf.o");
      Files.copy(machine.compileStub(source), compiled, StandardCopyOption.REPLACE_EXISTING);
      object = compiled.toString();
    } catch (RuntimeRefusedException e) {
      say(said, e.getMessage());
    } catch (IOException e) {
      throw new Failure(ExitCode.ERROR, folder + " cannot be written: " + e.getMessage() + ".");
    } catch (InvalidPlanException e) {
      throw new Failure(ExitCode.ERROR, e.getMessage());
    }
    return new Built(
        definition.constant(), "planned", null, planned.toString(), stub.toString(), object, said);
  }
}

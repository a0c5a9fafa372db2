// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.TransitionWatch;
import io.kernelx.runtime.Unloads;
import io.kernelx.sie.codegen.StubSource;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Constants of the kernel itself, loaded as BPF programs, changed and all unloaded as a user does
 * it, by transitions.
 */
final class RealConstant {
  private RealConstant() {}

  static void run(RuntimePaths paths, Path plans) throws Exception {
    NodeRuntime runtime = LiveNodeRuntime.of(paths, StubSource::generate, Optional.of(Form.BPF));
    TunablePlan plan = read(plans, "good");
    LoadedTunable loaded = apply(runtime, plan, plan.values().getFirst().value(), Mode.PER_TASK, 1);
    apply(runtime, plan, plan.values().get(1).value(), Mode.GLOBAL, 2);
    TunablePlan refused = read(plans, "escaping");
    try {
      apply(runtime, refused, refused.values().getFirst().value(), Mode.PER_TASK, 1);
    } catch (RuntimeRefusedException e) {
      say("refused", e.reason().text());
    }
    TunablePlan another = read(plans, "reviewed");
    LoadedTunable beside =
        apply(runtime, another, another.values().getFirst().value(), Mode.PER_TASK, 1);
    unloadAll(runtime);
    for (LoadedTunable was : List.of(loaded, beside)) {
      say("transitions", was.constant() + " " + transitions(runtime, was));
    }
  }

  /** What {@code unload --all} does. */
  private static void unloadAll(NodeRuntime runtime) throws RuntimeRefusedException {
    new Unloads(runtime)
        .each(
            runtime.loaded(),
            loaded -> Manner.of(loaded.mode()),
            TransitionWatch.NONE,
            outcome ->
                say(
                    "unloaded",
                    outcome.loaded().constant()
                        + outcome.refusal().map(e -> " " + e.getMessage()).orElse("")));
    say("loaded", runtime.loaded().size());
  }

  private static String transitions(NodeRuntime runtime, LoadedTunable loaded)
      throws RuntimeRefusedException {
    return runtime.transitions(loaded.constId()).stream()
        .map(t -> t.mode().text() + ":" + t.state())
        .collect(Collectors.joining(" "));
  }

  private static TunablePlan read(Path plans, String name) throws Exception {
    return PlanJson.read(Files.readString(plans.resolve(name + ".json")));
  }

  private static LoadedTunable apply(
      NodeRuntime runtime, TunablePlan plan, String value, Mode mode, long revision)
      throws RuntimeRefusedException {
    LoadedTunable loaded =
        runtime.apply(new ApplyRequest(plan, value, ApplyRequest.CLI, Manner.of(mode), revision));
    say(mode.text(), loaded.state() + " " + loaded.observedValue() + " " + loaded.mode().text());
    return loaded;
  }

  private static void say(String what, Object how) {
    TransitionScenarios.say("REAL %s %s", what, how);
  }
}

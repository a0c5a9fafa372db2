// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Manner.OnStall;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.StalledTask;
import io.kernelx.runtime.TransitionReport.State;
import io.kernelx.runtime.facts.KernelFactsReader;
import io.kernelx.runtime.module.KernelModule;
import io.kernelx.runtime.module.ModuleBuilder;
import io.kernelx.runtime.module.Transition;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * What happens to transitions in a guest: {@code SOURCES CACHE CONTROLLER TRANSITIONS PLAN
 * REFUSED-PLAN}. Each scenario prints a line that the test on the host checks. With the first two
 * alone the modules are built, and no more.
 */
public final class TransitionScenarios {
  private static final Path KILL_AT = Path.of("/sys/module/xk_consistency/parameters/kill_at");

  private final TransitionGuest guest;
  private final String controller;
  private final int transitions;
  private long nextValue = 100;

  private TransitionScenarios(TransitionGuest guest, String controller, int transitions) {
    this.guest = guest;
    this.controller = controller;
    this.transitions = transitions;
  }

  /** Runs them all. */
  public static void main(String[] args) throws Exception {
    RuntimePaths paths = RuntimePaths.standard(Path.of(args[0]), Path.of(args[1]));
    if (args.length == 2) {
      new ModuleBuilder(paths).build(KernelModule.CONSISTENCY, new KernelFactsReader(paths).read());
      return;
    }
    TransitionGuest guest = new TransitionGuest(paths);
    Transition watching = guest.open();
    TransitionScenarios run = new TransitionScenarios(guest, args[2], Integer.parseInt(args[3]));
    try (MixtureLoad load = new MixtureLoad(guest.mixture)) {
      load.atWork();
      run.timed("immediate", run::immediate);
      run.timed("pertask", () -> run.many(Mode.PER_TASK));
      run.timed("global", () -> run.many(Mode.GLOBAL));
      run.timed("both", run::bothAtOnce);
      guest.move("a", Mode.GLOBAL, Optional.of(1L), 60_000);
      run.timed("kills", run::kills);
    }
    run.timed("blocked", run::oneBlocked);
    run.timed("stalls", run::stalls);
    run.timed("abuse", () -> TransitionAbuse.run(guest));
    try (MixtureLoad load = new MixtureLoad(guest.mixture)) {
      load.atWork();
      guest.move("a", Mode.PER_TASK, Optional.of(77L), 60_000);
      watching.close();
      run.timed("unload", guest::unload);
    }
    RealConstant.run(paths, Path.of(args[4]), Path.of(args[5]));
  }

  @FunctionalInterface
  private interface Scenario {
    void run() throws Exception;
  }

  private void timed(String name, Scenario scenario) throws Exception {
    long start = System.nanoTime();
    int before = Mixture.mixtures();
    scenario.run();
    say("MIXTURES %s %d", name, Mixture.mixtures() - before);
    say("SECONDS %s %.1f", name, (System.nanoTime() - start) / 1e9);
  }

  static void say(String format, Object... arguments) {
    System.out.println(String.format(format, arguments));
  }

  /** The detector detects. */
  private void immediate() throws Exception {
    for (int i = 0; i < 200 && Mixture.mixtures() == 0; i++) {
      guest.flip("a", nextValue++);
      Thread.sleep(2);
    }
  }

  private Optional<Long> next(Random random) {
    return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(nextValue++);
  }

  /** Back and forth: from value to value, to the compiled value and from it. */
  private void many(Mode mode) throws Exception {
    Random random = new Random(mode.number());
    List<Long> micros = new ArrayList<>();
    int inside = 0;
    int done = 0;
    int stop = 0;
    TransitionReport last = null;
    for (int i = 0; i < transitions; i++) {
      last = guest.move("a", mode, next(random), 60_000);
      done += last.state() == State.DONE ? 1 : 0;
      inside += last.insideFirst() > 0 ? 1 : 0;
      stop = Math.max(stop, last.longestStopMicros());
      micros.add(last.elapsedMicros());
    }
    Collections.sort(micros);
    say(
        "MANY %s done=%d inside=%d of=%d p50=%dus max=%dus stop=%dus last=%s",
        mode.text(),
        done,
        inside,
        transitions,
        micros.get(micros.size() / 2),
        micros.getLast(),
        stop,
        last);
  }

  private void bothAtOnce() throws Exception {
    CompletableFuture<Integer> other =
        CompletableFuture.supplyAsync(() -> moves("b", Mode.GLOBAL, 10));
    int done = moves("a", Mode.PER_TASK, 10);
    say("BOTH %d %d", done, other.get());
  }

  private int moves(String reader, Mode mode, int count) {
    int done = 0;
    try {
      for (int i = 0; i < count; i++) {
        TransitionReport progress = guest.move(reader, mode, Optional.of(1000L + i), 60_000);
        done += progress.state() == State.DONE ? 1 : 0;
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return done;
  }

  /**
   * The controlling process dies at each step that its transition comes to. The last one is on the
   * way back, which a task that sleeps inside makes sure of.
   */
  private void kills() throws Exception {
    for (int step : new int[] {1, 2, 3, 4, 5}) {
      kill(Mode.PER_TASK, step, 60_000);
    }
    for (int step : new int[] {1, 4, 5}) {
      kill(Mode.GLOBAL, step, 60_000);
    }
    try (FileChannel device = guest.mixture.open()) {
      Blocked blocked = new Blocked(guest, device, Mixture.GATE_A);
      kill(Mode.PER_TASK, 6, 100);
      guest.mixture.openGate(device);
      say("KILL blocked=%s", blocked.reading().first() == blocked.reading().second());
    }
  }

  private void kill(Mode mode, int step, int timeout) throws Exception {
    long before = guest.state("a").value();
    long value = nextValue++;
    Files.writeString(KILL_AT, Integer.toString(step));
    List<String> command =
        new ArrayList<>(
            List.of(
                controller,
                "1",
                Long.toString(guest.state("a").epoch()),
                Integer.toString(mode.number()),
                Long.toString(value),
                Integer.toString(timeout)));
    command.addAll(guest.mixture.arguments("a"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes()).strip();
    int code = process.waitFor();
    guest.settled("a");
    long after = guest.state("a").value();
    say(
        "KILL %s step=%d exit=%d value=%s moving=%s%s",
        mode.text(),
        step,
        code,
        after == value ? "new" : after == before ? "old" : Long.toString(after),
        guest.state("a").moving(),
        output);
  }

  /** A task asleep in a span keeps the old value while others have the new one. */
  private void oneBlocked() throws Exception {
    guest.move("a", Mode.GLOBAL, Optional.of(1L), 60_000);
    try (FileChannel device = guest.mixture.open();
        Transition transition = guest.open()) {
      Blocked blocked = new Blocked(guest, device, Mixture.GATE_A);
      transition.start(
          guest.order("a", Optional.of(2L), new Manner(Mode.PER_TASK, 60_000, OnStall.REVERT)));
      TransitionReport progress = transition.progress(0);
      while (progress.pending() != 1 || progress.stalled().size() != 1) {
        progress = transition.progress(20);
      }
      say("BLOCKED other=%s", guest.mixture.pass(device, Mixture.PASS_A, 10));
      say("BLOCKED named=%s", progress.stalled().getFirst().tid() == blocked.tid());
      say("BLOCKED where=%s", progress.stalled().getFirst().function());
      say("BLOCKED timer=%d", Mixture.counter("timer_value"));
      say("BLOCKED state=%s moving=%s", progress.state(), guest.state("a").moving());
      say(
          "BLOCKED busy=%d",
          guest.errno(
              guest.order("a", Optional.of(9L), new Manner(Mode.GLOBAL, 1, OnStall.REVERT))));
      Process rmmod = new ProcessBuilder("rmmod", "xk_consistency").start();
      say("BLOCKED rmmod=%s", rmmod.waitFor() != 0);
      guest.mixture.openGate(device);
      say("BLOCKED end=%s", TransitionGuest.ended(transition).state());
      say("BLOCKED itself=%s", blocked.reading());
      say("BLOCKED again=%s", guest.mixture.pass(device, Mixture.PASS_A, 10));
      Thread.sleep(50);
      say("BLOCKED timer=%d", Mixture.counter("timer_value"));
    }
  }

  private void stalls() throws Exception {
    guest.move("a", Mode.GLOBAL, Optional.of(1L), 60_000);
    stalled(Mode.GLOBAL, Mixture.GATE_A);
    stalled(Mode.PER_TASK, Mixture.GATE_A);
    try (FileChannel device = guest.mixture.open();
        Transition transition = guest.open()) {
      Blocked blocked = new Blocked(guest, device, Mixture.GATE_A);
      transition.start(
          guest.order("a", Optional.of(3L), new Manner(Mode.GLOBAL, 50, OnStall.KEEP)));
      say("KEEP %s", transition.progress(500).state());
      guest.mixture.openGate(device);
      say("KEEP %s", TransitionGuest.ended(transition).state());
      say("KEEP itself=%s", blocked.reading());
    }
    stalled(Mode.GLOBAL, Mixture.DEEP_A);
    stalled(Mode.PER_TASK, Mixture.DEEP_A);
  }

  private void stalled(Mode mode, long kind) throws Exception {
    try (FileChannel device = guest.mixture.open()) {
      Blocked blocked = new Blocked(guest, device, kind);
      TransitionReport progress = guest.move("a", mode, Optional.of(2L), 300);
      // The module's own thread may be found inside as well, and Global names whom it met last.
      Optional<StalledTask> itself =
          progress.stalled().stream().filter(task -> task.tid() == blocked.tid()).findFirst();
      say(
          "STALLED %s %s %s named=%s in=%s other=%s",
          mode.text(),
          progress.state(),
          progress.reason(),
          itself.isPresent(),
          itself.map(StalledTask::function).orElse(""),
          guest.mixture.pass(device, Mixture.PASS_A, 10));
      guest.mixture.openGate(device);
      say("STALLED %s itself=%s", mode.text(), blocked.reading());
    }
  }
}

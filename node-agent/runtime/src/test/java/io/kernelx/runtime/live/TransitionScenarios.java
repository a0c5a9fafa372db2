// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Manner.OnStall;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.StalledTask;
import io.kernelx.runtime.facts.KernelFactsReader;
import io.kernelx.runtime.module.KernelModule;
import io.kernelx.runtime.module.ModuleBuilder;
import io.kernelx.runtime.module.NativeModules;
import io.kernelx.runtime.module.Transition;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What happens to transitions in a guest: {@code SOURCES CACHE PROGRAMS PLANS PERTASK GLOBAL
 * NATIVELY}, the last being the readers with native probes. Each scenario prints lines that the
 * test on the host checks. With the first two alone the modules are built, and no more.
 */
public final class TransitionScenarios {
  private static final Path KILL_AT = Path.of("/sys/module/xk_consistency/parameters/kill_at");

  private final TransitionGuest guest;
  private final Path programs;
  private long nextValue = 100;

  private TransitionScenarios(TransitionGuest guest, Path programs) {
    this.guest = guest;
    this.programs = programs;
  }

  /** Runs them all. */
  public static void main(String[] args) throws Exception {
    RuntimePaths paths = RuntimePaths.standard(Path.of(args[0]), Path.of(args[1]));
    if (args.length == 2) {
      new ModuleBuilder(paths).build(KernelModule.CONSISTENCY, new KernelFactsReader(paths).read());
      return;
    }
    TransitionGuest guest = new TransitionGuest(paths, args[6]);
    Transition watching = guest.open();
    Path programs = Path.of(args[2]);
    TransitionScenarios run = new TransitionScenarios(guest, programs);
    run.timed("immediate", run::immediate);
    run.timed(
        "many",
        () ->
            TransitionSoak.run(
                programs,
                List.of(args[4], args[5], "0", "0", "2", "600", "1", "storm"),
                TransitionGuest.READERS));
    run.timed(
        "two",
        () ->
            TransitionSoak.run(
                programs,
                List.of("10", "10", "0", "0", "0", "600", "2", "storm"),
                TransitionGuest.READERS.subList(0, 2)));
    guest.move("a", Mode.GLOBAL, Optional.of(1L), 60_000);
    run.timed("kills", run::kills);
    run.timed("blocked", run::oneBlocked);
    run.timed("stalls", run::stalls);
    run.timed("abuse", () -> TransitionAbuse.run(guest));
    for (String reader : TransitionGuest.READERS) {
      guest.move(reader, Mode.PER_TASK, Optional.of(77L), 60_000);
    }
    watching.close();
    for (String reader : TransitionGuest.READERS) {
      Optional<NativeModules.Counts> counts = guest.nativeCounts(reader);
      counts.ifPresent(c -> say("NATIVE %s all=%s %s", reader, c.hits() == c.applied(), c));
    }
    run.timed("unload", run::unload);
    try (MixtureLoad load = new MixtureLoad(guest.mixture, programs)) {
      load.atWork();
      RealConstant.run(paths, Path.of(args[3]));
    }
  }

  @FunctionalInterface
  private interface Scenario {
    void run() throws Exception;
  }

  private void timed(String name, Scenario scenario) throws Exception {
    long start = System.nanoTime();
    int before = Mixture.mixtures();
    scenario.run();
    Mixture.settle();
    say("MIXTURES %s %d", name, Mixture.mixtures() - before);
    say("SECONDS %s %.1f", name, (System.nanoTime() - start) / 1e9);
  }

  static void say(String format, Object... arguments) {
    System.out.println(String.format(format, arguments));
  }

  /** The detector detects. */
  private void immediate() throws Exception {
    try (MixtureLoad load = new MixtureLoad(guest.mixture, programs)) {
      load.atWork();
      for (int i = 0; i < 200 && Mixture.mixtures() == 0; i++) {
        guest.flip("a", nextValue++);
        Thread.sleep(2);
      }
    }
  }

  /** All eight go back by transitions, and lose their probes, while tasks pass through. */
  private void unload() throws Exception {
    try (MixtureLoad load = new MixtureLoad(guest.mixture, programs)) {
      load.atWork();
      guest.unload();
    }
  }

  /**
   * The controlling process dies at each step that its transition comes to. The last one is on the
   * way back, which a task that sleeps inside makes sure of.
   */
  private void kills() throws Exception {
    try (MixtureLoad load = new MixtureLoad(guest.mixture, programs)) {
      load.atWork();
      for (int step : new int[] {1, 2, 3, 4, 5}) {
        kill(Mode.PER_TASK, step, 60_000);
      }
      for (int step : new int[] {1, 4, 5}) {
        kill(Mode.GLOBAL, step, 60_000);
      }
      try (FileChannel device = guest.mixture.open()) {
        Blocked blocked = new Blocked(guest, device, Mixture.GATE_A);
        kill(Mode.PER_TASK, 6, 100);
        blocked.release();
        say("KILL blocked=%s", blocked.reading().first() == blocked.reading().second());
      }
    }
  }

  private void kill(Mode mode, int step, int timeout) throws Exception {
    long before = guest.state("a").value();
    long value = nextValue++;
    Files.writeString(KILL_AT, Integer.toString(step));
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.resolve("controller").toString(),
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
      blocked.release();
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
      blocked.release();
      say("KEEP %s", TransitionGuest.ended(transition).state());
      say("KEEP itself=%s", blocked.reading());
    }
    stalled(Mode.GLOBAL, Mixture.DEEP_A);
    stalled(Mode.PER_TASK, Mixture.DEEP_A);
    stalled(Mode.GLOBAL, Mixture.BLIND);
    stalled(Mode.PER_TASK, Mixture.BLIND);
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
      blocked.release();
      say("STALLED %s itself=%s", mode.text(), blocked.reading());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.runtime.libc.Errno;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transitions on a booted stock kernel under load, seen by a module that detects mixtures. */
class TransitionVmTest {
  @TempDir private Path plans;

  @Test
  @Tag("vm")
  void noTaskComputesWithAMixture() throws Exception {
    everything(Guest.create(), "b");
  }

  @Test
  @Tag("soak")
  void norOnTheSecondKernel() throws Exception {
    everything(Guest.create("cloud-amd64"), "b");
  }

  @Test
  @Tag("soak")
  void norUnderNativeProbes() throws Exception {
    everything(Guest.create(), "ac");
  }

  private void everything(Guest guest, String natively) throws Exception {
    TestPlans made = new TestPlans(guest);
    write("good", made.plan("max_softirq_restart", 3, 5));
    TunablePlan reviewed = made.plan("blk_max_request_count", 4);
    write("reviewed", reviewed);
    write("escaping", AlteredPlans.unreviewed(reviewed));
    Guest.Result run =
        guest.run(
            "transitions", plans, 1800, List.of("TransitionScenarios", "150", "50", natively));
    assertThat(run.exitCode()).as(run.output()).isZero();
    mixtures(run);
    assertThat(run.lines("SOAK ")).hasSize(2);
    many(run, run.lines("SOAK ").getFirst(), 200, 60, 2);
    many(run, run.lines("SOAK ").getLast(), 20, 1, 0);
    natives(run, natively);
    kills(run);
    blocked(run);
    stalls(run);
    assertThat(run.lines("ABUSE"))
        .containsExactly(
            "ABUSE immediate " + Errno.EINVAL,
            "ABUSE unknown " + Errno.ENOENT,
            "ABUSE epoch " + Errno.ESTALE,
            "ABUSE none " + Errno.EINVAL,
            "ABUSE empty " + Errno.EINVAL,
            "ABUSE reversed " + Errno.EINVAL,
            "ABUSE user " + Errno.EINVAL,
            "ABUSE survived " + Errno.EINVAL);
    assertThat(run.lines("REAL"))
        .containsExactly(
            "REAL PerTask APPLIED 3 PerTask",
            "REAL Global APPLIED 5 Global",
            "REAL refused Escapes",
            "REAL PerTask APPLIED 4 PerTask",
            "REAL unloaded MAX_SOFTIRQ_RESTART",
            "REAL unloaded BLK_MAX_REQUEST_COUNT",
            "REAL loaded 0",
            "REAL transitions MAX_SOFTIRQ_RESTART PerTask:DONE Global:DONE Global:DONE",
            "REAL transitions BLK_MAX_REQUEST_COUNT PerTask:DONE PerTask:DONE");
    assertThat(run.lines("GONE")).as("both modules unloaded").hasSize(1);
  }

  /** Their probes were hit, and did what they had to each time. */
  private static void natives(Guest.Result run, String readers) {
    List<String> lines = run.lines("NATIVE ");
    assertThat(lines).as(run.output()).hasSize(readers.length());
    assertThat(lines).allMatch(l -> l.contains(" all=true ") && number(l, "hits") > 0);
  }

  /** All moved, of them at least so many with somebody inside at the start. */
  private static void many(
      Guest.Result run, String line, int transitions, int inside, int hotplugs) {
    assertThat(run.lines("WRONG")).isEmpty();
    assertThat(number(line, "transitions")).as(line).isEqualTo(transitions);
    assertThat(number(line, "done")).as(line).isEqualTo(transitions);
    assertThat(number(line, "inside")).as(line).isGreaterThanOrEqualTo(inside);
    assertThat(number(line, "wrongValues")).as(line).isZero();
    assertThat(number(line, "mixtures")).as(line).isZero();
    assertThat(number(line, "hotplugs")).as(line).isEqualTo(hotplugs);
  }

  private void write(String name, TunablePlan plan) throws IOException {
    Files.writeString(plans.resolve(name + ".json"), PlanJson.write(plan));
  }

  private static void mixtures(Guest.Result run) {
    assertThat(mixed(run, "immediate")).as("the detector detects").isPositive();
    for (String scenario : List.of("many", "two", "kills", "blocked", "stalls", "unload")) {
      assertThat(mixed(run, scenario)).as(scenario).isZero();
    }
  }

  private static int mixed(Guest.Result run, String scenario) {
    List<String> lines = run.lines("MIXTURES " + scenario + " ");
    assertThat(lines).as(scenario).hasSize(1);
    String line = lines.getFirst();
    return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static void kills(Guest.Result run) {
    List<String> expected = new ArrayList<>();
    for (int step = 1; step <= 5; step++) {
      expected.add(killed("PerTask", step, step == 5 ? "new" : "old"));
    }
    for (int step : new int[] {1, 4, 5}) {
      expected.add(killed("Global", step, step == 5 ? "new" : "old"));
    }
    expected.add(killed("PerTask", 6, "old"));
    expected.add("KILL blocked=true");
    assertThat(run.lines("KILL")).isEqualTo(expected);
  }

  private static String killed(String mode, int step, String value) {
    return "KILL " + mode + " step=" + step + " exit=137 value=" + value + " moving=false";
  }

  private static void blocked(Guest.Result run) {
    assertThat(run.lines("BLOCKED"))
        .containsExactly(
            "BLOCKED other=Reading[first=2, second=2]",
            "BLOCKED named=true",
            "BLOCKED where=xk_span_gate_a [xk_mixture]",
            "BLOCKED timer=1",
            "BLOCKED state=RUNNING moving=true",
            "BLOCKED busy=" + Errno.EBUSY,
            "BLOCKED rmmod=true",
            "BLOCKED end=DONE",
            "BLOCKED itself=Reading[first=1, second=1]",
            "BLOCKED again=Reading[first=2, second=2]",
            "BLOCKED timer=2");
  }

  private static void stalls(Guest.Result run) {
    List<String> expected = new ArrayList<>();
    for (String function : List.of("gate", "deep", "")) {
      String old = function.equals("gate") ? reading(1) : reading(3);
      String itself = function.isEmpty() ? reading(Mixture.ORIGINAL) : old;
      for (String[] mode : new String[][] {{"Global", "FAILED"}, {"PerTask", "REVERTED"}}) {
        expected.add(
            "STALLED %s %s TIMEOUT named=true in=%s other=%s"
                .formatted(mode[0], mode[1], inside(function), old));
        expected.add("STALLED " + mode[0] + " itself=" + itself);
      }
    }
    assertThat(run.lines("STALLED")).isEqualTo(expected);
    assertThat(run.lines("KEEP"))
        .containsExactly("KEEP RUNNING", "KEEP DONE", "KEEP itself=" + reading(1));
  }

  /** A task whose stack cannot be read has no place. */
  private static String inside(String function) {
    return function.isEmpty() ? "" : "xk_span_" + function + "_a [xk_mixture]";
  }

  private static String reading(int value) {
    return "Reading[first=%d, second=%d]".formatted(value, value);
  }

  private static int number(String line, String name) {
    return Integer.parseInt(line.replaceAll(".*\\b" + name + "=(\\d+).*", "$1"));
  }
}

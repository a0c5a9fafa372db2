// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.PlanJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Thousands of transitions of eight constants at once under load, a tenth of them begun by
 * processes that are killed, a tenth with next to no time, while a processor comes and goes.
 */
class TransitionSoakTest {
  private static final int SECONDS = 3 * 3600;

  @TempDir private Path plans;

  @ParameterizedTest
  @CsvSource({"amd64,7000,3000,100", "cloud-amd64,700,300,10"})
  @Tag("soak")
  void transitions(String kernel, int perTask, int global, int hotplugs) throws Exception {
    Guest guest = Guest.create(kernel);
    Files.writeString(
        plans.resolve("rehearsal.json"),
        PlanJson.write(new TestPlans(guest).plan("max_softirq_restart", 3)));
    int transitions = perTask + global;
    String some = Integer.toString(transitions / 10);
    List<String> words =
        List.of(
            "TransitionSoak",
            Integer.toString(perTask),
            Integer.toString(global),
            some,
            some,
            Integer.toString(hotplugs),
            Integer.toString(SECONDS),
            "1",
            "load");
    Guest.Result run = guest.run("transitions", plans, SECONDS + 600, words);
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.lines("WRONG")).isEmpty();
    String soak = run.lines("SOAK ").stream().collect(Collectors.joining());
    assertThat(value(soak, "transitions")).as(soak).isEqualTo(transitions);
    assertThat(value(soak, "inside") * 10).as(soak).isGreaterThanOrEqualTo(transitions * 3);
    assertThat(value(soak, "kills")).as(soak).isGreaterThan(transitions / 20);
    assertThat(value(soak, "wrongValues")).as(soak).isZero();
    assertThat(value(soak, "mixtures")).as(soak).isZero();
    String held = run.lines("HELD ").stream().collect(Collectors.joining());
    assertThat(value(held, "leaks")).as(held).isZero();
    for (String kind : List.of("areas", "maps", "programs", "links")) {
      String[] before = held.replaceAll(".*\\b" + kind + "=(\\d+:\\d+).*", "$1").split(":");
      assertThat(before[1]).as(kind).isEqualTo(before[0]);
    }
    assertThat(run.lines("GONE")).as("both modules unloaded").hasSize(1);
  }

  private static int value(String line, String name) {
    return Integer.parseInt(line.replaceAll(".*\\b" + name + "=(\\d+).*", "$1"));
  }
}

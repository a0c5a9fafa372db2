// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Probes that do an instruction's work and step over it, on a booted stock kernel, their effect
 * looked at from user space: a store of 64 bits, an {@code and} that destroys its input, a
 * comparison with memory.
 */
@Tag("vm")
class SteppingVmTest {
  @TempDir private Path plans;

  private void write(TestPlans made, String name, String definition, long... values)
      throws IOException {
    Path file = Path.of("src/test/resources/definitions", definition + ".toml");
    TunablePlan plan = made.plan(file.toAbsolutePath(), values);
    assertThat(plan.sites()).isNotEmpty().extracting(ProbeSite::skip).doesNotContain(0);
    Files.writeString(plans.resolve(name + ".json"), PlanJson.write(plan));
  }

  @Test
  void whatIsSteppedOverActsWithTheNewValue() throws Exception {
    TestPlans made = new TestPlans(Guest.create());
    write(made, "clock", "clock_resolution", 3, 7);
    write(made, "umask", "umask_bits", 63, 7);
    write(made, "name", "longest_name", 20, 30);
    Guest.Result run = Guest.create().run("stepping", plans, 900);
    String all = run.output();
    assertThat(run.exitCode()).as(all).isZero();

    assertThat(run.lines("REFUSED")).as(all).isEmpty();
    assertThat(run.lines("LOOK"))
        .containsExactly(
            "LOOK before 0 511 255",
            "LOOK first 3 63 20",
            "LOOK beside 3 63 20",
            "LOOK second 7 7 30",
            "LOOK after 0 511 255");
    assertThat(run.lines("LOAD ")).as(all).containsExactly("LOAD some", "LOAD some");
    assertThat(run.lines("PROBES "))
        .as("four sites, each with the module's own probe, and then a third at one")
        .containsExactly("PROBES first 8 optimised 0", "PROBES beside 9 optimised 0");
    assertThat(run.lines("LOADED"))
        .filteredOn(l -> l.contains("revision=2"))
        .isNotEmpty()
        .allMatch(l -> l.contains("state=APPLIED") && l.contains("denied=0"));
    assertThat(run.lines("PROBES_LEFT")).containsExactly("PROBES_LEFT ");
    assertThat(run.lines("UNLOADED")).hasSize(1);
  }
}

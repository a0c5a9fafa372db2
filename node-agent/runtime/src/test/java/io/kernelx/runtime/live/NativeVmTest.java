// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native modules on booted stock kernels: one that has BPF probes as well, and one that has not.
 */
@Tag("soak")
class NativeVmTest {
  @TempDir private Path plans;

  @Test
  void whereBpfServesToo() throws Exception {
    lives("amd64", "max_softirq_restart", 3, "native");
  }

  @Test
  void whereBpfCannotServe() throws Exception {
    lives("6.1", "mmap_lotsamiss", 25, "");
  }

  private void lives(String kernel, String second, long value, String form) throws Exception {
    Guest guest = Guest.create(kernel);
    TestPlans made = new TestPlans(guest);
    write("plug", PlanJson.write(made.plan("blk_max_request_count", 4, 48)));
    write("second", PlanJson.write(made.plan(second, value)));
    Guest.Result run =
        guest.run(
            "native", plans, 2400, List.of(second.toUpperCase(Locale.ROOT), value + "", form));
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.lines("REFUSED")).isEmpty();
    assertThat(run.lines("BATCHES"))
        .containsExactly(
            "BATCHES before 32", "BATCHES at48 48", "BATCHES at4 4", "BATCHES after 32");
    assertThat(run.lines("EXIT")).containsExactly("EXIT 137", "EXIT 137", "EXIT 137");
    assertThat(run.lines("RMMOD")).isNotEmpty().allMatch(l -> l.contains("in use"));
    assertThat(run.lines("STILL")).containsExactly("STILL active");
    assertThat(run.lines("LOADED"))
        .isNotEmpty()
        .allMatch(l -> l.contains("form=native") && l.contains(" denied=0 "));
    assertThat(run.lines("LOADED").get(2))
        .contains("value=48 revision=1 state=APPLIED active=true")
        .doesNotContain("hits=0 ");
    assertThat(run.lines("the next process", "LOADED BLK").getFirst())
        .contains("value=4 revision=1 state=APPLIED");
    assertThat(run.lines("cleans up", "LOADED M").getFirst())
        .contains("state=INCOMPLETE active=false");
    assertThat(run.lines("COUNT").getLast()).isEqualTo("COUNT 0");
    assertThat(run.lines("PROBES last")).containsExactly("PROBES last 0");
    assertThat(run.lines("PINS_LEFT")).containsExactly("PINS_LEFT ");
    assertThat(run.lines("NATIVES_LEFT")).containsExactly("NATIVES_LEFT ");
    assertThat(run.lines("UNLOADED")).hasSize(1);
  }

  private void write(String name, String plan) throws IOException {
    Files.writeString(plans.resolve(name + ".json"), plan);
  }
}

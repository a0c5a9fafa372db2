// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What constants of the catalogue do in a booted stock kernel, seen from user space: as compiled,
 * at two other values, and as compiled again. {@code guest/effects.py} says how each is looked at.
 * All of them are loaded at the same time, in both forms. Where the plans say that the kernel can
 * make a jump of a probe's breakpoint, and nowhere else, the kernel must have made one.
 *
 * <p>The tests' own definitions are for instructions that a probe does the work of and steps over:
 * a store of 64 bits, an {@code and} that destroys its input, a comparison with memory. They change
 * under load, beside a probe of somebody else.
 */
class EffectsVmTest {
  @TempDir private Path plans;

  /**
   * @param tunable the catalogue's name
   * @param compiled what is seen with the kernel's own value
   * @param first a value
   * @param atFirst what is seen then
   * @param second another value
   * @param atSecond what is seen then
   */
  private record Effect(
      String tunable, String compiled, long first, String atFirst, long second, String atSecond) {}

  private static final List<Effect> QUICK =
      List.of(
          new Effect("mmap_lotsamiss", "100", 25, "25", 50, "50"),
          new Effect("shrink_batch", "8 times 128", 32, "32 times 32", 64, "16 times 64"),
          new Effect("tcp_max_quickacks", "16", 4, "4", 8, "8"),
          new Effect("tcp_metrics_reclaim_depth", "6", 2, "3", 10, "11"));

  private static final List<Effect> STEPPED =
      List.of(
          new Effect("clock_resolution", "0", 3, "3", 7, "7"),
          new Effect("umask_bits", "511", 63, "63", 7, "7"),
          new Effect("longest_name", "255", 20, "20", 30, "30"));

  private static final List<Effect> OTHERS =
      List.of(
          new Effect("aio_plug_threshold", "4/12/24", 8, "12/24", 16, "24"),
          // All are loaded at once: no batch may be smaller than what others' effects are seen in.
          new Effect("blk_max_request_count", "32", 40, "40", 48, "48"),
          new Effect("blk_mq_budget_delay", "3", 5, "5", 7, "7"),
          new Effect("blk_mq_cpu_work_batch", "8", 16, "16", 32, "32"),
          new Effect("blk_plug_flush_size", "32/32", 65_536, "40/1", 16_384, "1/1"),
          new Effect("ioring_tw_cap_entries_value", "32", 8, "8", 16, "16"),
          new Effect("kfree_drain_jiffies", "1250", 1, "250", 2, "500"),
          new Effect("min_writeback_pages", "multiples of 1024", 16_384, "16384", 65_536, "65536"),
          new Effect("nr_max_batched_migration", "32", 8, "8", 16, "16"),
          new Effect("worker_idle_timeout", "1250", 2, "500", 10, "2500"));

  @Test
  @Tag("vm")
  void quickOnes() throws Exception {
    seen(QUICK, 1500);
  }

  @Test
  @Tag("soak")
  void manyAtOnce() throws Exception {
    List<Effect> all = new ArrayList<>(QUICK);
    all.addAll(OTHERS);
    seen(all, 5000);
  }

  private static TunablePlan plan(TestPlans made, Effect e) throws IOException {
    if (!STEPPED.contains(e)) {
      return made.plan(e.tunable(), e.first(), e.second());
    }
    Path file = Path.of("src/test/resources/definitions", e.tunable() + ".toml");
    TunablePlan plan = made.plan(file.toAbsolutePath(), e.first(), e.second());
    assertThat(plan.sites()).isNotEmpty().extracting(ProbeSite::skip).doesNotContain(0);
    return plan;
  }

  private void seen(List<Effect> others, int timeoutSeconds) throws Exception {
    List<Effect> effects = new ArrayList<>(others);
    effects.addAll(STEPPED);
    TestPlans made = new TestPlans(Guest.create());
    List<String> expected = new ArrayList<>();
    List<ProbeSite> sites = new ArrayList<>();
    for (Effect e : effects) {
      TunablePlan plan = plan(made, e);
      sites.addAll(plan.sites());
      String file = "%s@%d@%d.json".formatted(e.tunable(), e.first(), e.second());
      Files.writeString(plans.resolve(file), PlanJson.write(plan));
      expected.add("EFFECT %s before %s".formatted(e.tunable(), e.compiled()));
      expected.add("EFFECT %s first %s".formatted(e.tunable(), e.atFirst()));
      expected.add("EFFECT %s second %s".formatted(e.tunable(), e.atSecond()));
      expected.add("EFFECT %s after %s".formatted(e.tunable(), e.compiled()));
      if (STEPPED.contains(e)) {
        expected.add("EFFECT %s beside %s".formatted(e.tunable(), e.atFirst()));
      }
    }
    Guest.Result run = Guest.create().run("effects", plans, timeoutSeconds);
    String all = run.output();
    assertThat(run.exitCode()).as(all).isZero();

    assertThat(run.lines("EFFECT")).as(all).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(run.lines("REFUSED")).as(all).isEmpty();
    List<String> loaded = run.lines("LOADED");
    assertThat(loaded.subList(loaded.size() - effects.size(), loaded.size()))
        .allMatch(l -> l.contains("state=APPLIED") && l.contains("denied=0"))
        .noneMatch(l -> l.contains("applied=0 "))
        .anyMatch(l -> l.contains("form=bpf"))
        .anyMatch(l -> l.contains("form=native"));
    assertThat(run.lines("LOAD ")).as(all).containsExactly("LOAD some");
    assertThat(run.lines("BESIDE ")).as("ours, the module's, theirs").hasSize(3);
    assertThat(run.lines("BESIDE ")).noneMatch(l -> l.contains("OPTIMIZED"));
    assertThat(run.lines("PROBES_LEFT")).containsExactly("PROBES_LEFT ");
    assertThat(run.lines("PINS_LEFT")).containsExactly("PINS_LEFT ");
    assertThat(run.lines("UNLOADED")).hasSize(1);
    assertThat(sites).isNotEmpty();
    for (ProbeSite site : sites) {
      String place = "  %s+0x%x ".formatted(site.function(), site.offset());
      assertThat(run.lines("PROBE "))
          .filteredOn(l -> (l + " ").contains(place))
          .as(place)
          .hasSize(site.skip() > 0 ? 2 : 1)
          .allMatch(l -> l.contains("[OPTIMIZED]") == site.jumpOptimisable());
    }
  }
}

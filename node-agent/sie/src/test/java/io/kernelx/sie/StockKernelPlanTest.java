// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;

import io.kernelx.sie.codegen.StubSource;
import io.kernelx.sie.decode.Decoder;
import io.kernelx.sie.definition.Catalogue;
import io.kernelx.sie.kernel.DebianKernels;
import io.kernelx.sie.kernel.KernelRequest;
import io.kernelx.sie.kernel.ProcessRunner;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.PlannedValue.SiteValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Kind;
import io.kernelx.sie.plan.ProbeSite.Write;
import io.kernelx.sie.plan.ProvedRange;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.TransitionRule;
import io.kernelx.sie.plan.TunablePlan;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole compiler on Debian's stock kernels. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockKernelPlanTest {

  private final DebianKernels kernels = new DebianKernels();

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "cloud-amd64"})
  void plugBatchOfTheBlockLayer(String flavour) throws Exception {
    PlanOutcome.Planned planned =
        (PlanOutcome.Planned) plan("BLK_MAX_REQUEST_COUNT", flavour, 48, 4, 64);
    TunablePlan plan = planned.plan();
    assertThat(plan.units()).containsExactly("block/blk-core.c", "block/blk-mq.c");
    assertThat(plan.original()).isEqualTo("32");
    ProbeSite start = plan.sites().get(0);
    assertThat(start.function()).isEqualTo("blk_start_plug_nr_ios");
    assertThat(start.kind()).isEqualTo(Kind.REGISTER);
    assertThat(start.jumpOptimisable()).isTrue();
    assertThat(start.writes()).containsExactly(new Write("dx", 32, "V"));
    ProbeSite add = plan.sites().get(1);
    assertThat(add.function()).isEqualTo("blk_add_rq_to_plug");
    assertThat(add.kind()).isEqualTo(Kind.IRREVERSIBLE);
    assertThat(add.writes())
        .containsExactly(new Write("ax", 32, "(((-V) & (-(0 == (u8)cx))) + (2 * V)) - 64"));
    assertThat(add.jumpOptimisable()).isTrue();
    assertThat(plan.hazards()).extracting(Hazard::kind).containsExactly(Hazard.Kind.STORE);
    assertThat(TransitionRule.refusal(plan, true)).as("the store is reviewed").isEmpty();
    assertThat(plan.values())
        .extracting(PlannedValue::value)
        .containsExactly("4", "8", "16", "32", "48");
    assertThat(planned.notes()).anyMatch(n -> n.startsWith("No range of values is closed: "));
    assertThat(planned.refused()).hasSize(1);
    assertThat(planned.refused().getFirst().refusal().reason())
        .isEqualTo(Reason.VALUE_OUT_OF_RANGE);
    assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
    assertThat(StubSource.generate(plan)).contains("XK_SITE(0)", "XK_SITE(1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "cloud-amd64"})
  void roundsOfSoftirqs(String flavour) throws Exception {
    PlanOutcome.Planned planned = (PlanOutcome.Planned) plan("MAX_SOFTIRQ_RESTART", flavour, 20, 1);
    TunablePlan plan = planned.plan();
    assertThat(plan.sites()).hasSize(1);
    ProbeSite site = plan.sites().getFirst();
    assertThat(site.function()).isEqualTo("handle_softirqs");
    assertThat(site.jumpOptimisable()).isTrue();
    assertThat(site.writes()).containsExactly(new Write("bp", 32, "V"));
    assertThat(plan.hazards()).isEmpty();
    assertThat(plan.value("20")).isPresent();
    assertThat(planned.refused()).hasSize(1);
    assertThat(planned.refused().getFirst().refusal().reason())
        .isEqualTo(Reason.VALUE_OUT_OF_RANGE);
    assertThat(plan.closed())
        .containsExactly(new ProvedRange("2", "1000", PlannedValue.Proof.STRUCTURAL));
    assertThat(plan(plan.constant(), flavour, 20, 1))
        .isInstanceOfSatisfying(
            PlanOutcome.Planned.class,
            again -> assertThat(PlanJson.write(again.plan())).isEqualTo(PlanJson.write(plan)));
  }

  /** Each site as {@code function KIND target:width = expression at the value}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SHRINK_BATCH          | 64    | vmlinux | do_shrink_slab REGISTER ax:32 = 64
          HYSTART_DELAY_MAX     | 20000 | vmlinux | cubictcp_acked REGISTER cx:32 = 0x4e20
          TCP_CUBIC             | 2     | vmlinux | cubictcp_acked IRREVERSIBLE ax:32 = (u32)dx >> 2
          TCP_RECOVERY          | 1     | vmlinux | tcp_rack_detect_loss IRREVERSIBLE r13:32 = (u32)r13 >> 1
          BLK_MQ_CPU_WORK_BATCH | 11    | vmlinux | blk_mq_delay_run_hw_queue STORE mem:32 = 11; blk_mq_map_swqueue STORE mem:32 = 11
          XFS_DELALLOC_BATCH    | 4096  | xfs     | xfs_mod_delalloc REGISTER dx:32 = 0x1000; xfs_mod_delalloc REGISTER dx:32 = 0x1000
          """)
  void constantsOfTheCatalogue(String constant, long value, String module, String sites)
      throws Exception {
    for (String flavour : List.of("amd64", "cloud-amd64")) {
      PlanOutcome outcome = plan(constant, flavour, value);
      assertThat(outcome).as("%s on %s", constant, flavour).isInstanceOf(PlanOutcome.Planned.class);
      PlanOutcome.Planned planned = (PlanOutcome.Planned) outcome;
      assertThat(planned.refused()).isEmpty();
      TunablePlan plan = planned.plan();
      assertThat(plan.functions()).extracting(PlannedFunction::module).containsOnly(module);
      List<String> found = new ArrayList<>();
      for (SiteValue at : plan.value(Long.toString(value)).orElseThrow().sites()) {
        ProbeSite site = plan.sites().get(at.site());
        for (int i = 0; i < site.writes().size(); i++) {
          Write write = site.writes().get(i);
          found.add(
              "%s %s %s:%d = %s"
                  .formatted(
                      site.function(),
                      site.kind(),
                      write.target(),
                      write.width(),
                      at.expressions().get(i)));
        }
      }
      assertThat(String.join("; ", found)).as(flavour).isEqualTo(sites);
    }
  }

  private PlanOutcome plan(String constant, String flavour, long... values) throws Exception {
    String release = kernels.release(flavour);
    return new SieCompiler(
            kernels.paths(),
            new ProcessRunner(),
            System.err::println,
            Clock.systemUTC(),
            new Decoder())
        .plan(
            new PlanRequest(
                Catalogue.load(Path.of("../../tunables")).find(constant).orElseThrow().definition(),
                KernelRequest.of(release),
                Arrays.stream(values).mapToObj(Long::toString).toList()));
  }
}

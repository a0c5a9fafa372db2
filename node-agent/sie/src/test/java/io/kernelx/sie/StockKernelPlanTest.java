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
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.ProbeSite.Kind;
import io.kernelx.sie.plan.ProbeSite.Write;
import io.kernelx.sie.plan.ProvedRange;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.TunablePlan;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole compiler on Debian's stock kernels. */
@Tag("kernel")
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
        .containsExactly(new Write("ax", 16, "((-V) & (-(0 == (u8)cx))) + (2 * V)"));
    assertThat(plan.hazards()).extracting(Hazard::kind).containsExactly(Hazard.Kind.STORE);
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

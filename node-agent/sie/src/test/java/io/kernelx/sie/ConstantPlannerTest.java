// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kernelx.sie.kernel.RefusedException;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.InvalidPlanException;
import io.kernelx.sie.plan.PlanJson;
import io.kernelx.sie.plan.PlannedValue;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.Refusal.Reason;
import io.kernelx.sie.plan.SafeSpan;
import io.kernelx.sie.plan.TunablePlan;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** From objects to the plan, with hand-written code in the place of a kernel. */
class ConstantPlannerTest {

  private static final IntFunction<String> STORED =
      v -> "mov $%d, %%eax\nmov %%edx, (%%rdi)\nmov %%eax, 4(%%rdi)\nret".formatted(v);

  private static final String LOOP_END = "add $8, %rdi\ncmp %rsi, %rdi\njne 1b\nret";

  @Test
  void planHoldsWhatWasProvedAndNothingElse() throws InvalidPlanException {
    ConstantPlanner.Result r = plan(STORED, 10, List.of(5, 3), 20, 7, 2000);
    TunablePlan plan = r.plan();
    assertThat(plan.values())
        .extracting(PlannedValue::value)
        .containsExactly("3", "5", "7", "10", "20");
    assertThat(r.refused()).hasSize(1);
    assertThat(r.refused().getFirst().value()).isEqualTo("2000");
    assertThat(r.refused().getFirst().refusal().reason()).isEqualTo(Reason.VALUE_OUT_OF_RANGE);
    assertThat(plan.sites()).hasSize(1);
    assertThat(plan.sites().getFirst().writes().getFirst().expression()).isEqualTo("V");
    assertThat(plan.hazards())
        .extracting(Hazard::kind)
        .containsExactly(Hazard.Kind.STORE, Hazard.Kind.RETURN);
    assertThat(plan.spans().getFirst().source()).isEqualTo(SafeSpan.Source.WHOLE_FUNCTION);
    assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
  }

  @Test
  void whatIsDoneInAnInstructionsPlaceSpreadsFromThere() throws InvalidPlanException {
    TunablePlan stored =
        plan(v -> "movl $%d, 4(%%rdi)\nret".formatted(v), 10, List.of(5, 3), 20).plan();
    assertThat(stored.sites().getFirst().skip()).isEqualTo(7);
    assertThat(stored.sites().getFirst().writes())
        .containsExactly(new ProbeSite.Write("mem", 32, "V"));
    assertThat(stored.sites().getFirst().memory())
        .containsExactly(new ProbeSite.Memory("di", "", 1, 4, -1, 32));
    assertThat(stored.value("20").orElseThrow().sites().getFirst().expressions())
        .containsExactly("20");
    assertThat(stored.hazards()).extracting(Hazard::kind).containsExactly(Hazard.Kind.STORE);
    assertThat(stored.hazards().getFirst().offset()).isZero();
    assertThat(PlanJson.read(PlanJson.write(stored))).isEqualTo(stored);

    IntFunction<String> shifted = v -> "shr $%d, %%edi\nmov %%edi, (%%rsi)\nret".formatted(v);
    assertThat(plan(shifted, 10, List.of(5, 3)).plan().hazards())
        .extracting(Hazard::offset)
        .containsExactly(3);
    assertThatThrownBy(
            () ->
                plan(
                    v -> shifted.apply(v).replace("%edi, (%rsi)", "(%rdi), %al"),
                    10,
                    List.of(5, 3)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("part of the address");
  }

  @Test
  void samePlanComesOutOfEveryRun() {
    assertThat(PlanJson.write(plan(STORED, 10, List.of(5, 3), 20).plan()))
        .isEqualTo(PlanJson.write(plan(STORED, 10, List.of(5, 3), 20).plan()));
  }

  @Test
  void oneMoreValueKeepsTheStub() {
    TunablePlan one = plan(STORED, 10, List.of(5, 3), 20).plan();
    TunablePlan two = plan(STORED, 10, List.of(5, 3), 20, 21).plan();
    assertThat(two.stubDigest()).isEqualTo(one.stubDigest());
    assertThat(two.digest()).isNotEqualTo(one.digest());
  }

  @Test
  void corruptedV1IsRefused() {
    IntFunction<String> corrupted =
        v -> v == 10 ? STORED.apply(v).replace("4(%rdi)", "8(%rdi)") : STORED.apply(v);
    assertThatThrownBy(() -> plan(corrupted, 10, List.of(5, 3)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("f+0x");
  }

  @Test
  void valueThatCompilesToOtherBehaviourIsRefusedAndTheOthersStay() {
    IntFunction<String> odd =
        v -> v == 20 ? STORED.apply(v).replace("%edx", "%esi") : STORED.apply(v);
    ConstantPlanner.Result r = plan(odd, 10, List.of(5, 3), 20, 21);
    assertThat(r.plan().value("21")).isPresent();
    assertThat(r.plan().value("20")).isEmpty();
    assertThat(r.refused()).hasSize(1);
    assertThat(r.refused().getFirst().refusal().reason()).isEqualTo(Reason.NOT_PROVABLE);
    assertThat(r.refused().getFirst().refusal().message()).contains("At the value 20", "gives 0x");
  }

  @Test
  void valueThatCompilesToV1sCodeActsLikeThatCode() {
    IntFunction<String> stuck = v -> STORED.apply(v == 20 ? 10 : v);
    ConstantPlanner.Result r = plan(stuck, 10, List.of(5, 3), 20);
    assertThat(r.refused()).isEmpty();
    assertThat(r.plan().value("20").orElseThrow().sites().getFirst().expressions())
        .containsExactly("10");
    assertThat(r.plan().value("5").orElseThrow().sites().getFirst().expressions())
        .containsExactly("5");
  }

  @Test
  void samplesThatFoldAreReplaced() {
    IntFunction<String> rounded = v -> STORED.apply(v / 8);
    ConstantPlanner.Result r = plan(rounded, 80, List.of(81, 82, 40, 160), 79, 16);
    assertThat(r.plan().values()).extracting(PlannedValue::value).contains("16", "40", "79", "160");
    assertThat(r.refused()).isEmpty();
  }

  @Test
  void twoRulesThatFitAreToldApartByTheValueAskedFor() {
    IntFunction<String> shifted =
        v -> "mov $%d, %%eax\nmov %%eax, 4(%%rdi)\nret".formatted((v >> 3) + 2);
    ConstantPlanner.Result r = plan(shifted, 16, List.of(8, 4), 64, 100);
    assertThat(r.refused()).isEmpty();
    assertThat(r.plan().values())
        .extracting(PlannedValue::value)
        .containsExactly("4", "8", "16", "64", "100");
  }

  @Test
  void constantThatSizesMemoryIsRefused() {
    sizesMemory("mov $%d, %%edi\nmov %%edx, %%esi\ncall __kmalloc_noprof\nret", "__kmalloc_noprof");
    sizesMemory("mov %%edi, %%eax\nand $%d, %%eax\nmov (%%rsi,%%rax,8), %%rax\nret", "f+0x");
  }

  private static void sizesMemory(String code, String saying) {
    assertThatThrownBy(() -> plan(v -> code.formatted(v), 10, List.of(5, 3)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.SIZES_MEMORY))
        .hasMessageContaining(saying);
  }

  @Test
  void spanOfWhatStaysInTheFunctionReachesToItsLastUse() {
    IntFunction<String> loop =
        v ->
            """
            sub $24, %%rsp
            mov $%d, %%ebp
            mov %%r12d, 8(%%rsp)
            mov %%ebp, 16(%%rsp)
            1: xor %%ebp, %%ebp
            mov %%ebp, (%%rdi)
            jmp 3f
            2: subl $1, 16(%%rsp)
            jne 1b
            add $24, %%rsp
            xor %%eax, %%eax
            xor %%edx, %%edx
            ret
            3: add $1, %%rdi
            jmp 2b
            """
                .formatted(v);
    SafeSpan span = plan(loop, 10, List.of(5, 3), 20).plan().spans().getFirst();
    assertThat(span.source()).isEqualTo(SafeSpan.Source.SLICE);
    assertThat(span.start()).isEqualTo(4);
    assertThat(span.end()).as("the out-of-line half of the loop is inside").isEqualTo(46);
  }

  @Test
  void hitsThatOneLoopMeetsAgainCanBeMissedHalfway() {
    IntFunction<String> loop = v -> "1: " + STORED.apply(v).replace("ret", LOOP_END);
    assertThat(plan(loop, 10, List.of(5, 3)).plan().spans().getFirst().missable()).isTrue();
    assertThat(plan(STORED, 10, List.of(5, 3)).plan().spans().getFirst().missable()).isFalse();
  }

  @Test
  void constantWithoutEffectIsRefused() {
    assertThatThrownBy(() -> plan(v -> STORED.apply(1), 10, List.of(5, 3)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.NO_CODE_DIFFERENCE));
  }

  private static ConstantPlanner.Result plan(
      IntFunction<String> source, int original, List<Integer> samples, int... requested) {
    return CompiledFixture.assembled(source, original, samples).at(requested);
  }
}

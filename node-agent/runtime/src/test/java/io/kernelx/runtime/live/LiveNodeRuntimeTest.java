// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.LoadedTunable.State;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionWatch;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.module.Transition.Span;
import io.kernelx.runtime.state.Pins;
import io.kernelx.runtime.stub.StubCompiler;
import io.kernelx.sie.plan.Hazard;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveNodeRuntimeTest {
  private static final String TEXT = "bd0a000000" + "4489642414" + "c3909090" + "bd0b000000" + "90";

  @TempDir private Path root;
  private final FakeKernel kernel = new FakeKernel();
  private final List<Step> steps = new ArrayList<>();
  private KernelFacts facts =
      new KernelFacts("boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of());
  private RuntimePaths paths;

  @BeforeEach
  void aKernelWithTwoFunctions() throws IOException {
    place("probed", 0x100);
    place("other", 0x200);
    Path clang = root.resolve("clang");
    Files.writeString(
        clang, "#!/bin/sh\nwhile [ \"$1\" != -o ]; do shift; done; echo object >\"$2\"\n");
    assertThat(clang.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(root.resolve("bpf"));
    Files.writeString(root.resolve("bpf/xk.bpf.h"), "");
    paths = TestPaths.in(root, clang.toString());
  }

  private void place(String name, int at) {
    byte[] bytes = HexFormat.of().parseHex(TEXT);
    System.arraycopy(bytes, 0, kernel.text, at, bytes.length);
    kernel.symbols.append("%x t %s%n".formatted(FakeKernel.BASE + at, name));
  }

  /** A process: another one finds what this one left. */
  private NodeRuntime process(Step.Observer observer) {
    KernelParts parts =
        kernel.parts(
            root,
            paths,
            step -> {
              steps.add(step);
              observer.done(step);
            });
    return new LiveNodeRuntime(
        () -> facts,
        parts,
        plan -> "stub of " + plan.stubDigest(),
        new StubCompiler(paths),
        Optional.of(Form.BPF));
  }

  private NodeRuntime process() {
    return process(step -> {});
  }

  private static PlanBuilder plan(String constant, String function) {
    return new PlanBuilder()
        .constant(constant)
        .function(function, TEXT, List.of(), List.of())
        .site(5, "4489642414", 0, 5)
        .site(14, "bd0b000000", 14, 19);
  }

  private static ApplyRequest request(TunablePlan plan, String value, String owner, long revision) {
    return new ApplyRequest(plan, value, owner, Mode.IMMEDIATE, revision);
  }

  private static final TunablePlan PLAN = plan("A", "probed").build();

  private RuntimeRefusedException refused(ApplyRequest request) {
    RuntimeRefusedException e =
        catchThrowableOfType(RuntimeRefusedException.class, () -> process().apply(request));
    assertThat(e).isNotNull();
    return e;
  }

  private void nothingIsLeft() throws IOException {
    assertThat(kernel.constants).isEmpty();
    assertThat(new Pins(paths.pins()).ids()).isEmpty();
    assertThat(kernel.open().read(FakeKernel.BASE + 0x105, 1)[0]).isEqualTo((byte) 0x44);
  }

  @Test
  void loadsInTheOrderOfTheDesign() throws Exception {
    LoadedTunable loaded = process().apply(request(PLAN, "3", "uid", 1));
    assertThat(loaded.state()).isEqualTo(State.APPLIED);
    assertThat(loaded.observedValue()).isEqualTo("3");
    assertThat(loaded.hits()).isEqualTo(20);
    assertThat(loaded.applied()).isEqualTo(20);
    assertThat(loaded.denied()).isZero();
    assertThat(loaded.missed()).isEqualTo(4);
    assertThat(loaded.text().bytes()).isEqualTo(TEXT.length() / 2);
    assertThat(steps)
        .containsExactly(
            Step.STARTED,
            Step.PREPARED,
            Step.MODULE,
            Step.CREATED,
            Step.DESCRIBED,
            Step.PROGRAMS,
            Step.ATTACHED,
            Step.ATTACHED,
            Step.REVERIFIED,
            Step.FLIPPED);
    assertThat(kernel.flips).containsExactly("1=3");
    assertThat(paths.tables().resolve("scope_table")).content().contains("1\tA\tuid\t1\tImmediate");
    assertThat(paths.tables().resolve("cs")).content().contains("0xffffffff81000100");
  }

  @Test
  void anotherValueIsOneFlip() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    steps.clear();
    LoadedTunable loaded = process().apply(request(PLAN, "4", "uid", 2));
    assertThat(steps).containsExactly(Step.STARTED, Step.FLIPPED);
    assertThat(loaded.constId()).isEqualTo(1);
    assertThat(loaded.observedValue()).isEqualTo("4");
    assertThat(loaded.revision()).isEqualTo(2);
  }

  @Test
  void aPlanWithMoreValuesKeepsItsStub() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    TunablePlan wider = plan("A", "probed").values("3", "4", "9").build();
    LoadedTunable loaded = process().apply(request(wider, "9", "uid", 2));
    assertThat(loaded.constId()).isEqualTo(1);
    assertThat(loaded.planDigest()).isEqualTo(wider.digest());
  }

  @Test
  void theSameValueFlipsNothing() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    process().apply(request(PLAN, "3", "uid", 2));
    assertThat(kernel.flips).hasSize(1);
    assertThat(process().loaded().getFirst().revision()).isEqualTo(2);
  }

  @Test
  void anotherStubReplacesTheLoadedOne() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    TunablePlan other =
        new PlanBuilder()
            .constant("A")
            .function("probed", TEXT, List.of(), List.of())
            .site(5, "4489642414", 0, 5)
            .build();
    LoadedTunable loaded = process().apply(request(other, "4", "uid", 2));
    assertThat(loaded.constId()).isEqualTo(2);
    assertThat(process().loaded()).hasSize(1);
    assertThat(kernel.flips).containsExactly("1=3", "1 off", "2=4");
  }

  @Test
  void revertingIsIdempotentAndLeavesNothing() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    process().revert("uid", "A");
    nothingIsLeft();
    process().revert("uid", "A");
    assertThat(process().loaded()).isEmpty();
    LoadedTunable again = process().apply(request(PLAN, "3", "uid", 2));
    assertThat(again.constId()).as("no id twice").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"create", "describe", "load", "pinStats", "attach0", "attach1", "activate"})
  void whateverFailsIsUnwound(String what) throws Exception {
    kernel.failAt = what;
    RuntimeRefusedException e = refused(request(PLAN, "3", "uid", 1));
    assertThat(e.reason()).isEqualTo(Reason.STUB_LOAD_FAILED);
    assertThat(e.getMessage()).contains(what + " fails");
    nothingIsLeft();
    kernel.failAt = "";
    assertThat(process().apply(request(PLAN, "3", "uid", 1)).state()).isEqualTo(State.APPLIED);
  }

  @Test
  void aProbeThatIsNotArmedAfterwardsIsUnwound() throws Exception {
    kernel.disarmed = true;
    assertThat(refused(request(PLAN, "3", "uid", 1)).getMessage()).contains("not armed");
    nothingIsLeft();
  }

  @Test
  void aTextThatChangesInBetweenIsUnwound() throws Exception {
    NodeRuntime process =
        process(
            step -> {
              if (step == Step.ATTACHED) {
                kernel.text[0x10c] = 0x12;
              }
            });
    RuntimeRefusedException e =
        catchThrowableOfType(
            RuntimeRefusedException.class, () -> process.apply(request(PLAN, "3", "uid", 1)));
    assertThat(e.reason()).isEqualTo(Reason.LIVE_TEXT_MISMATCH);
    assertThat(kernel.flips).as("never active").isEmpty();
    nothingIsLeft();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVING")
  void aProcessMayDieAfterAnyStep(Step last) throws Exception {
    boolean unloading = last.ordinal() > Step.FLIPPED.ordinal();
    if (unloading) {
      process().apply(request(PLAN, "3", "uid", 1));
    }
    NodeRuntime dying =
        process(
            step -> {
              if (step == last) {
                throw new ThreadDead();
              }
            });
    catchThrowableOfType(
        ThreadDead.class,
        () -> {
          if (unloading) {
            dying.revert("uid", "A");
          } else {
            dying.apply(request(PLAN, "3", "uid", 1));
          }
        });
    assertThat(kernel.flips).hasSize(unloading ? 2 : last == Step.FLIPPED ? 1 : 0);
    LoadedTunable loaded = process().apply(request(PLAN, "4", "uid", 2));
    assertThat(loaded.state()).isEqualTo(State.APPLIED);
    assertThat(process().loaded()).hasSize(1);
    process().revert("uid", "A");
    nothingIsLeft();
  }

  /** Stands for SIGKILL: nothing catches it. */
  private static final class ThreadDead extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void whatADeadProcessLeftIsShownAsIncomplete() throws Exception {
    NodeRuntime dying =
        process(
            step -> {
              if (step == Step.REVERIFIED) {
                throw new ThreadDead();
              }
            });
    catchThrowableOfType(ThreadDead.class, () -> dying.apply(request(PLAN, "3", "uid", 1)));
    LoadedTunable left = process().loaded().getFirst();
    assertThat(left.state()).isEqualTo(State.INCOMPLETE);
    assertThat(left.active()).isFalse();
    assertThat(left.message()).isNotEmpty();
  }

  @Test
  void aMissingPinIsDriftAndIsRepaired() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    Files.delete(paths.pins().resolve("1/probe_1"));
    assertThat(process().loaded().getFirst().state()).isEqualTo(State.DRIFTED);
    assertThat(process().apply(request(PLAN, "3", "uid", 1)).state()).isEqualTo(State.APPLIED);
    assertThat(process().loaded()).hasSize(1);
  }

  @Test
  void whatTheModuleCannotRunIsHeldByPins() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    assertThat(kernel.hosted.get(1)).hasSize(2);
    kernel.programsHaveOtherMaps = true;
    process().apply(request(plan("B", "other").build(), "3", "uid", 1));
    assertThat(kernel.hosted).doesNotContainKey(2);
    assertThat(new Pins(paths.pins()).probes(2)).hasSize(2);
    process().revert("uid", "A");
    process().revert("uid", "B");
    kernel.abi = Constants.HOSTS_SINCE - 1;
    kernel.programsHaveOtherMaps = false;
    assertThat(process().apply(request(PLAN, "3", "uid", 1)).state()).isEqualTo(State.APPLIED);
    assertThat(kernel.hosted).isEmpty();
    assertThat(new Pins(paths.pins()).probes(3)).hasSize(2);
    assertThat(process().loaded().getFirst().missed()).isEqualTo(4);
    process().revert("uid", "A");
    assertThat(kernel.hosted).isEmpty();
    assertThat(kernel.constants).isEmpty();
  }

  @Test
  void aRefusedWriteIsSaid() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    kernel.denied = 1;
    LoadedTunable loaded = process().loaded().getFirst();
    assertThat(loaded.state()).isEqualTo(State.DRIFTED);
    assertThat(loaded.message()).contains("refused 2 writes");
  }

  @Test
  void ownersDoNotTouchEachOther() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    assertThat(refused(request(PLAN, "4", ApplyRequest.CLI, 1)).reason())
        .isEqualTo(Reason.OWNED_BY_ANOTHER);
    RuntimeRefusedException e =
        catchThrowableOfType(
            RuntimeRefusedException.class, () -> process().revert(ApplyRequest.CLI, "A"));
    assertThat(e.reason()).isEqualTo(Reason.OWNED_BY_ANOTHER);
    assertThat(kernel.flips).hasSize(1);
  }

  @Test
  void plansThatMeetAreRefusedWhateverTheirNames() throws Exception {
    process().apply(request(PLAN, "3", "uid", 1));
    assertThat(refused(request(plan("B", "probed").build(), "3", "uid", 1)).reason())
        .isEqualTo(Reason.OVERLAPS);
    process().apply(request(plan("B", "other").build(), "3", "uid", 1));
    assertThat(process().loaded()).hasSize(2);
  }

  private static final TunablePlan SPANNED =
      new PlanBuilder()
          .constant("A")
          .values("3", "7")
          .function("probed", TEXT, List.of(), List.of())
          .site(5, "4489642414", 0, 5)
          .span(0, 19, false)
          .build();

  @Test
  void otherModesGoThroughTheKernelsTransition() throws Exception {
    Manner global = new Manner(Mode.GLOBAL, 1500, Manner.OnStall.REVERT);
    process().apply(new ApplyRequest(SPANNED, "3", "uid", Mode.PER_TASK, 1));
    LoadedTunable changed = process().apply(new ApplyRequest(SPANNED, "7", "uid", global, 2));
    process().revert("uid", "A");
    assertThat(kernel.orders)
        .extracting(o -> o.manner().mode() + " " + o.value() + " " + o.epoch())
        .containsExactly(
            "PER_TASK Optional[3] 0", "GLOBAL Optional[7] 1", "GLOBAL Optional.empty 2");
    assertThat(kernel.orders.get(1).manner()).isEqualTo(global);
    assertThat(kernel.orders.getFirst().spans())
        .contains(new Span(FakeKernel.BASE + 0x100, FakeKernel.BASE + 0x113));
    assertThat(changed.mode()).isEqualTo(Mode.GLOBAL);
    assertThat(process().transitions(changed.constId()))
        .hasSize(3)
        .allMatch(t -> t.state() == TransitionReport.State.DONE && t.taskMicros().max() == 4);
    nothingIsLeft();
  }

  @Test
  void aLoadThatStallsIsUnwoundAndNamesTheTasks() throws Exception {
    for (TransitionReport.State end :
        List.of(TransitionReport.State.FAILED, TransitionReport.State.REVERTED)) {
      kernel.transitionEnd = end;
      RuntimeRefusedException e = refused(new ApplyRequest(SPANNED, "3", "uid", Mode.PER_TASK, 1));
      assertThat(e.reason()).isEqualTo(Reason.STALLED);
      assertThat(e.getMessage()).contains("fio[42] in probed");
      assertThat(e.transition()).hasValueSatisfying(t -> assertThat(t.pending()).isEqualTo(1));
      assertThat(e.getSuppressed()).isEmpty();
      nothingIsLeft();
    }
  }

  @Test
  void anUnloadThatStallsLeavesEverything() throws Exception {
    process().apply(new ApplyRequest(SPANNED, "3", "uid", Mode.GLOBAL, 1));
    kernel.transitionEnd = TransitionReport.State.FAILED;
    assertThat(
            catchThrowableOfType(RuntimeRefusedException.class, () -> process().revert("uid", "A"))
                .reason())
        .isEqualTo(Reason.STALLED);
    assertThat(process().loaded())
        .singleElement()
        .satisfies(l -> assertThat(l.state()).isEqualTo(State.APPLIED))
        .satisfies(l -> assertThat(l.observedValue()).isEqualTo("3"));
  }

  @Test
  void whatIsMovingIsLeftAlone() throws Exception {
    LoadedTunable loaded = process().apply(new ApplyRequest(SPANNED, "3", "uid", Mode.PER_TASK, 1));
    Constants.State s = kernel.constants.get(loaded.constId());
    for (boolean active : new boolean[] {true, false}) {
      kernel.constants.put(
          s.id(),
          new Constants.State(
              s.id(), active, true, 7, s.epoch(), Mode.PER_TASK, 0, s.sites(), s.held()));
      assertThat(refused(new ApplyRequest(SPANNED, "7", "uid", Mode.PER_TASK, 2)).reason())
          .isEqualTo(Reason.CHANGED_MEANWHILE);
      assertThat(process().loaded())
          .singleElement()
          .satisfies(l -> assertThat(l.state()).isEqualTo(State.INCOMPLETE))
          .satisfies(l -> assertThat(l.message()).contains("going over"));
    }
  }

  @Test
  void aTransitionThatSomebodyElseHoldsIsSaid() {
    kernel.failAt = "start";
    RuntimeRefusedException e = refused(new ApplyRequest(SPANNED, "3", "uid", Mode.GLOBAL, 1));
    assertThat(e.getMessage()).contains("start fails");
  }

  @Test
  void whatCannotBeKeptApartIsImmediateOnly() {
    TunablePlan outside =
        new PlanBuilder()
            .constant("A")
            .function("probed", TEXT, List.of(), List.of())
            .site(5, "4489642414", 0, 5)
            .span(0, 5, false)
            .span(6, 19, false)
            .build();
    RuntimeRefusedException nowhere =
        refused(new ApplyRequest(outside, "3", "uid", Mode.GLOBAL, 1));
    assertThat(nowhere.reason()).isEqualTo(Reason.INVALID_PLAN);
    assertThat(nowhere.getMessage()).contains("probed+0x5", "Immediate");
    TunablePlan missable =
        new PlanBuilder()
            .constant("A")
            .function("probed", TEXT, List.of(), List.of())
            .site(5, "4489642414", 0, 5)
            .span(0, 19, true)
            .build();
    RuntimeRefusedException e = refused(new ApplyRequest(missable, "3", "uid", Mode.PER_TASK, 1));
    assertThat(e.reason()).isEqualTo(Reason.MISSABLE_SITES);
    assertThat(e.getMessage()).contains("probed", "Immediate");
    TunablePlan escapes =
        new PlanBuilder()
            .constant("A")
            .function("probed", TEXT, List.of(), List.of())
            .site(5, "4489642414", 0, 5)
            .span(0, 19, false)
            .hazard(Hazard.Kind.RETURN, 18)
            .build();
    RuntimeRefusedException escape = refused(new ApplyRequest(escapes, "3", "uid", Mode.GLOBAL, 1));
    assertThat(escape.reason()).isEqualTo(Reason.ESCAPES);
    assertThat(escape.getMessage()).contains("It leaves.", "Immediate");
  }

  private static ApplyRequest watched(TransitionWatch watch) {
    Manner keep = new Manner(Mode.GLOBAL, 1, Manner.OnStall.KEEP);
    return new ApplyRequest(SPANNED, "3", "uid", keep, 1, watch);
  }

  @Test
  void aChangeIsToldToWhoFollowsIt() throws Exception {
    List<TransitionReport> told = new ArrayList<>();
    process().apply(watched(told::add));
    assertThat(kernel.orders.getFirst().manner().onStall()).isEqualTo(Manner.OnStall.KEEP);
    Manner now = Manner.of(Mode.IMMEDIATE);
    process().apply(new ApplyRequest(SPANNED, "7", "uid", now, 2, told::add));
    assertThat(told)
        .extracting(TransitionReport::mode)
        .containsExactly(Mode.GLOBAL, Mode.IMMEDIATE);
    assertThat(told).allMatch(t -> t.state() == TransitionReport.State.DONE);
  }

  @Test
  void aLoadThatIsCalledOffIsUnwound() throws Exception {
    kernel.transitionEnd = TransitionReport.State.RUNNING;
    List<TransitionReport> told = new ArrayList<>();
    RuntimeRefusedException e = refused(watched(report -> told.add(report) && told.size() < 3));
    assertThat(told).hasSize(3);
    assertThat(e.reason()).isEqualTo(Reason.STALLED);
    assertThat(e.getMessage()).contains("called off");
    assertThat(e.transition().orElseThrow().state()).isEqualTo(TransitionReport.State.FAILED);
    nothingIsLeft();
  }

  @Test
  void whileTasksAreWaitedForOthersHaveTheirTurn() throws Exception {
    kernel.transitionEnd = TransitionReport.State.RUNNING;
    NodeRuntime process = process();
    List<String> seen = new ArrayList<>();
    refused(
        watched(
            report -> {
              try {
                CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            process().apply(request(plan("B", "other").build(), "3", "b", 1));
                            process.loaded().forEach(l -> seen.add(l.constant() + l.state()));
                            process().apply(request(SPANNED, "7", "uid", 2));
                          } catch (RuntimeRefusedException refusal) {
                            seen.add(refusal.reason().text());
                          }
                          return seen;
                        })
                    .get(1, TimeUnit.MINUTES);
              } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("the turn was not given away", e);
              }
              return false;
            }));
    assertThat(seen)
        .containsExactly("A" + State.INCOMPLETE, "B" + State.APPLIED, Reason.STALLED.text());
    assertThat(process.loaded())
        .singleElement()
        .satisfies(l -> assertThat(l.owner()).isEqualTo("b"));
  }

  @Test
  void probesStayWhileTasksGoBack() throws Exception {
    kernel.transitionEnd = TransitionReport.State.REVERTING;
    Manner hasty = new Manner(Mode.PER_TASK, 1, Manner.OnStall.REVERT);
    refused(new ApplyRequest(SPANNED, "3", "uid", hasty, 1));
    assertThat(kernel.hosted).containsKey(1);
    kernel.transitionEnd = TransitionReport.State.DONE;
    process().apply(new ApplyRequest(SPANNED, "3", "uid", Mode.PER_TASK, 1));
    assertThat(process().loaded()).singleElement().satisfies(l -> assertThat(l.active()).isTrue());
  }

  @Test
  void badRequestsAreRefusedWithTheirReason() {
    assertThat(refused(request(PLAN, "5", "uid", 1)).reason()).isEqualTo(Reason.VALUE_NOT_PROVED);
    assertThat(
            refused(request(plan("A", "probed").release("6.1.0").build(), "3", "uid", 1)).reason())
        .isEqualTo(Reason.KERNEL_MISMATCH);
    assertThat(
            refused(request(PLAN.withDigest("sha256:" + "1".repeat(64)), "3", "uid", 1)).reason())
        .isEqualTo(Reason.INVALID_PLAN);
    assertThat(kernel.constants).isEmpty();
  }

  @Test
  void modulesOwnProbeGoesWithTheConstant() throws RuntimeRefusedException {
    PlanBuilder probed = new PlanBuilder().function("probed", TEXT, List.of(), List.of());
    TunablePlan stepping = probed.constant("A").skipping(14, "bd0b000000").build();
    kernel.abi = 1;
    assertThat(refused(request(stepping, "3", "uid", 1)).reason()).isEqualTo(Reason.ABI_MISMATCH);
    assertThat(kernel.constants).isEmpty();
    kernel.abi = 2;
    assertThat(process().apply(request(stepping, "3", "uid", 1)).active()).isTrue();
    process().revert("uid", "A");
    assertThat(kernel.constants).isEmpty();
  }

  @Test
  void aRedirectedFunctionIsRefused() {
    kernel.redirected.add("probed");
    assertThat(refused(request(PLAN, "3", "uid", 1)).reason())
        .isEqualTo(Reason.FUNCTION_REDIRECTED);
  }

  @Test
  void aPlaceThatTakesNoProbesIsRefusedBeforeAnythingIsTouched() {
    kernel.closed.add(FakeKernel.BASE + 0x105);
    RuntimeRefusedException e = refused(request(PLAN, "3", "uid", 1));
    assertThat(e.reason()).isEqualTo(Reason.PROBE_SITE_BLACKLISTED);
    assertThat(e).hasMessageContaining("A cannot be changed on this kernel: probed+0x5");
    assertThat(kernel.loaded).as("not even the module").isFalse();
  }

  @Test
  void anotherTextIsRefused() {
    kernel.text[0x10a] ^= 1;
    RuntimeRefusedException e = refused(request(PLAN, "3", "uid", 1));
    assertThat(e.reason()).isEqualTo(Reason.LIVE_TEXT_MISMATCH);
    assertThat(kernel.loaded).as("not even the module").isFalse();
  }

  @Test
  void aMachineThatLacksSomethingSaysWhat() {
    facts =
        new KernelFacts(
            "boot",
            "6.12.0-test",
            "b1d0",
            "x86_64",
            "gcc",
            "none",
            List.of("No this.", "No that."));
    RuntimeRefusedException e = refused(request(PLAN, "3", "uid", 1));
    assertThat(e.reason()).isEqualTo(Reason.MISSING_CAPABILITY);
    assertThat(e.getMessage()).isEqualTo("No this. No that.");
  }
}

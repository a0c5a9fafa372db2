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
import io.kernelx.runtime.TransitionWatch;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.state.Pins;
import io.kernelx.runtime.stub.StubCompiler;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Constants whose probes a native module has, on a machine that cannot compile stubs. */
class NativeFormTest {
  private static final String TEXT = "bd0a0000004489642414c3909090bd0b00000090";
  private static final TunablePlan PLAN =
      new PlanBuilder()
          .constant("A")
          .function("probed", TEXT, List.of(), List.of())
          .site(5, "4489642414", 0, 5)
          .site(14, "bd0b000000", 14, 19)
          .build();
  private static final String OLD = "Linux 6.1 cannot.";
  private static final ApplyRequest OTHER =
      new ApplyRequest(
          new PlanBuilder()
              .constant("B")
              .function("probed", TEXT, List.of(), List.of())
              .site(5, "4489642414", 0, 5)
              .build(),
          "3",
          "uid",
          Mode.IMMEDIATE,
          1);

  @TempDir private Path root;
  private final FakeKernel kernel = new FakeKernel();
  private final List<Step> steps = new ArrayList<>();
  private Pins pins;

  @BeforeEach
  void aKernelWithAFunction() {
    byte[] bytes = HexFormat.of().parseHex(TEXT);
    System.arraycopy(bytes, 0, kernel.text, 0x100, bytes.length);
    kernel.symbols.append("%016x T probed\n".formatted(FakeKernel.BASE + 0x100));
    pins = new Pins(root.resolve("pins"));
  }

  private NodeRuntime process(Step.Observer observer) {
    return process(observer, List.of(OLD), Optional.empty());
  }

  private NodeRuntime process(
      Step.Observer observer, List<String> withoutBpf, Optional<Form> usual) {
    RuntimePaths paths = TestPaths.in(root, "clang");
    KernelParts parts =
        kernel.parts(
            root,
            paths,
            step -> {
              steps.add(step);
              observer.done(step);
            });
    KernelFacts facts =
        new KernelFacts(
            "boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of(), withoutBpf);
    return new LiveNodeRuntime(() -> facts, parts, plan -> "", new StubCompiler(paths), usual);
  }

  private NodeRuntime process() {
    return process(step -> {});
  }

  private static ApplyRequest request(String value, long revision, Optional<Form> form) {
    return new ApplyRequest(
        PLAN, value, "uid", Manner.of(Mode.IMMEDIATE), revision, TransitionWatch.NONE, form);
  }

  private static ApplyRequest request(String value) {
    return request(value, 1, Optional.empty());
  }

  private RuntimeRefusedException refused(ApplyRequest request) {
    RuntimeRefusedException e =
        catchThrowableOfType(RuntimeRefusedException.class, () -> process().apply(request));
    assertThat(e).isNotNull();
    return e;
  }

  private void nothingIsLeft() throws IOException {
    assertThat(kernel.constants).isEmpty();
    assertThat(kernel.modules).isEmpty();
    assertThat(pins.ids()).isEmpty();
    assertThat(kernel.open().read(FakeKernel.BASE + 0x105, 1)[0]).isEqualTo((byte) 0x44);
  }

  @Test
  void servesAValueAndSaysWhy() throws Exception {
    LoadedTunable loaded = process().apply(request("3"));
    assertThat(loaded.state()).isEqualTo(State.APPLIED);
    assertThat(loaded.form().form()).isEqualTo(Form.NATIVE);
    assertThat(loaded.form().reason()).isEqualTo("a value alone needs no program");
    assertThat(loaded.hits()).isEqualTo(20);
    assertThat(loaded.applied()).isEqualTo(19);
    assertThat(loaded.missed()).isEqualTo(4);
    assertThat(steps)
        .containsExactly(
            Step.STARTED,
            Step.PREPARED,
            Step.MODULE,
            Step.CREATED,
            Step.DESCRIBED,
            Step.PROGRAMS,
            Step.ATTACHED,
            Step.REVERIFIED,
            Step.FLIPPED);
    assertThat(root.resolve("shm/scope_table")).content().contains("\tnative\ta value alone");
  }

  @Test
  void whatIsLoadedKeepsItsForm() throws Exception {
    process().apply(request("3"));
    kernel.otherBuild = Optional.of("The loaded xk-kfuncs is another; unload it.");
    steps.clear();
    LoadedTunable loaded = process().apply(request("4", 2, Optional.empty()));
    assertThat(steps).containsExactly(Step.STARTED, Step.FLIPPED);
    assertThat(loaded.form().form()).isEqualTo(Form.NATIVE);
    assertThat(refused(OTHER).getMessage()).contains("xk-kfuncs is another").contains(OLD);
    assertThat(process().loaded()).hasSize(1);
  }

  @Test
  void theNextProcessFlipsWhatItFinds() throws Exception {
    process().apply(request("3"));
    steps.clear();
    LoadedTunable loaded = process().apply(request("4", 2, Optional.of(Form.NATIVE)));
    assertThat(steps).containsExactly(Step.STARTED, Step.FLIPPED);
    assertThat(loaded.observedValue()).isEqualTo("4");
    assertThat(kernel.modules).hasSize(1);
    process().revert("uid", "A");
    nothingIsLeft();
  }

  @Test
  void aNodeMayHaveItAsItsUsualForm() throws Exception {
    NodeRuntime natively = process(step -> {}, List.of(), Optional.of(Form.NATIVE));
    assertThat(natively.facts().missing()).isEmpty();
    LoadedTunable loaded = natively.apply(request("3"));
    assertThat(loaded.form().form()).isEqualTo(Form.NATIVE);
    assertThat(loaded.form().reason()).isEqualTo("the usual one of this node");
    assertThat(process(step -> {}, List.of(), Optional.of(Form.BPF)).facts().missing())
        .as("without clang")
        .hasSize(1);
  }

  @Test
  void bpfThatIsAskedForIsRefusedWhereItCannotBe() {
    RuntimeRefusedException e = refused(request("3", 1, Optional.of(Form.BPF)));
    assertThat(e.reason()).isEqualTo(Reason.MISSING_CAPABILITY);
    assertThat(e.getMessage()).contains(OLD);
    assertThat(kernel.constants).isEmpty();
  }

  @Test
  void anOlderXkKfuncsIsSaid() throws Exception {
    kernel.abi = Constants.NATIVE_SINCE - 1;
    assertThat(refused(request("3")).reason()).isEqualTo(Reason.ABI_MISMATCH);
    nothingIsLeft();
  }

  @Test
  void aModuleThatIsGoneIsDrift() throws Exception {
    process().apply(request("3"));
    kernel.modules.clear();
    LoadedTunable loaded = process().loaded().getFirst();
    assertThat(loaded.state()).isEqualTo(State.DRIFTED);
    assertThat(loaded.message()).startsWith("0 of 2 probes");
    assertThat(process().apply(request("3")).state()).isEqualTo(State.APPLIED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "describe", "insmod", "activate"})
  void whateverFailsIsUnwound(String what) throws Exception {
    kernel.failAt = what;
    assertThat(refused(request("3")).getMessage()).contains(what + " fails");
    nothingIsLeft();
    kernel.failAt = "";
    assertThat(process().apply(request("3")).state()).isEqualTo(State.APPLIED);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MOVING")
  void aProcessMayDieAfterAnyStep(Step last) throws Exception {
    boolean unloading = last.ordinal() > Step.FLIPPED.ordinal();
    if (unloading) {
      process().apply(request("3"));
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
            dying.apply(request("3"));
          }
        });
    assertThat(kernel.flips).hasSize(unloading ? 2 : last == Step.FLIPPED ? 1 : 0);
    assertThat(process().apply(request("4", 2, Optional.empty())).state()).isEqualTo(State.APPLIED);
    assertThat(process().loaded()).hasSize(1);
    process().revert("uid", "A");
    nothingIsLeft();
  }

  /** Stands for SIGKILL: nothing catches it. */
  private static final class ThreadDead extends Error {
    private static final long serialVersionUID = 1;
  }
}

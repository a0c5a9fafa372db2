// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimePaths;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.stub.StubCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which form serves a request on which machine, and what is said of it. */
class FormsTest {
  private static final String NO_MAKE = "The tool make is missing; install make.";
  private static final String OTHER_BUILD = "The loaded xk-kfuncs is another; unload it.";
  private static final String OLD = "Linux 6.1 cannot.";
  private static final FormChoice NATIVE =
      new FormChoice(Form.NATIVE, "a value alone needs no program");

  @TempDir private Path root;
  private final FakeKernel kernel = new FakeKernel();
  private KernelFacts facts = facts(List.of());
  private String clang = "sh";

  @BeforeEach
  void theStubsHeader() throws IOException {
    Files.createDirectories(root.resolve("bpf"));
    Files.writeString(root.resolve("bpf/xk.bpf.h"), "");
  }

  private static KernelFacts facts(List<String> withoutBpf) {
    return new KernelFacts(
        "boot", "6.12.0-test", "b1d0", "x86_64", "gcc", "none", List.of(), withoutBpf);
  }

  private Forms forms(Optional<Form> usual) {
    RuntimePaths paths = TestPaths.in(root, clang);
    KernelParts parts = kernel.parts(root, paths, step -> {});
    return new Forms(
        new BpfProbes(parts, plan -> "", new StubCompiler(paths)), new NativeProbes(parts), usual);
  }

  private Forms forms() {
    return forms(Optional.empty());
  }

  private FormChoice chosen() throws RuntimeRefusedException {
    return forms().choose(Optional.empty(), facts);
  }

  private RuntimeRefusedException refused(Forms forms, Optional<Form> asked) {
    RuntimeRefusedException e =
        catchThrowableOfType(RuntimeRefusedException.class, () -> forms.choose(asked, facts));
    assertThat(e).isNotNull();
    assertThat(e.reason()).isEqualTo(Reason.MISSING_CAPABILITY);
    return e;
  }

  private void neitherForWant(String... sentences) {
    assertThat(forms().missing(facts)).containsExactly(sentences);
    assertThat(refused(forms(), Optional.empty())).hasMessage(String.join(" ", sentences));
  }

  @Test
  void whatIsAskedForComesFirst() throws Exception {
    FormChoice asked = new FormChoice(Form.BPF, "asked for");
    assertThat(forms().choose(Optional.of(Form.BPF), facts)).isEqualTo(asked);
    assertThat(forms(Optional.of(Form.NATIVE)).choose(Optional.of(Form.BPF), facts))
        .isEqualTo(asked);
  }

  @Test
  void thenTheNodesUsualForm() throws Exception {
    assertThat(forms(Optional.of(Form.BPF)).choose(Optional.empty(), facts))
        .isEqualTo(new FormChoice(Form.BPF, "the usual one of this node"));
  }

  @Test
  void thenNative() throws Exception {
    assertThat(chosen()).isEqualTo(NATIVE);
  }

  @Test
  void nativeNeedsNeitherClangNorAKernelThatServesBpf() throws Exception {
    clang = "none-of-that-name";
    assertThat(chosen()).isEqualTo(NATIVE);
    assertThat(forms().missing(facts)).isEmpty();
    facts = facts(List.of(OLD));
    assertThat(chosen()).isEqualTo(NATIVE);
    assertThat(forms().missing(facts)).isEmpty();
  }

  @Test
  void bpfWhereAToolForNativeIsMissing() throws Exception {
    kernel.withoutNatives = Optional.of(NO_MAKE);
    assertThat(chosen())
        .isEqualTo(
            new FormChoice(
                Form.BPF, "no native probes here: The tool make is missing; install make"));
    assertThat(forms().missing(facts)).isEmpty();
  }

  @Test
  void bpfWhereAnotherXkKfuncsIsLoaded() throws Exception {
    kernel.otherBuild = Optional.of(OTHER_BUILD);
    assertThat(chosen())
        .isEqualTo(
            new FormChoice(
                Form.BPF, "no native probes here: The loaded xk-kfuncs is another; unload it"));
    assertThat(forms().missing(facts)).isEmpty();
  }

  /** The kernel knows better than a build-id what fits, and answers before a probe is there. */
  @Test
  void nativeThatIsAskedForIsTriedWhateverIsLoaded() throws Exception {
    kernel.otherBuild = Optional.of(OTHER_BUILD);
    assertThat(forms().choose(Optional.of(Form.NATIVE), facts).form()).isEqualTo(Form.NATIVE);
    assertThat(forms(Optional.of(Form.NATIVE)).missing(facts)).isEmpty();
  }

  @Test
  void neitherSaysWhatBothLack() {
    clang = "none-of-that-name";
    kernel.withoutNatives = Optional.of(NO_MAKE);
    neitherForWant(NO_MAKE, "clang is missing, so stubs cannot be compiled; install clang.");
    kernel.otherBuild = Optional.of(OTHER_BUILD);
    facts = facts(List.of(OLD));
    neitherForWant(NO_MAKE, OTHER_BUILD, OLD);
  }

  @Test
  void whatIsAskedForIsRefusedWhereItCannotBe() {
    facts = facts(List.of(OLD));
    kernel.withoutNatives = Optional.of(NO_MAKE);
    assertThat(refused(forms(), Optional.of(Form.BPF))).hasMessage(OLD);
    assertThat(refused(forms(), Optional.of(Form.NATIVE))).hasMessage(NO_MAKE);
    assertThat(forms(Optional.of(Form.BPF)).missing(facts)).containsExactly(OLD);
    assertThat(refused(forms(Optional.of(Form.BPF)), Optional.empty())).hasMessage(OLD);
  }
}

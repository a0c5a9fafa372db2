// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.ApplyRequest;
import io.kernelx.runtime.Form;
import io.kernelx.runtime.FormChoice;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The forms of enforcement, and which one serves a request. */
final class Forms {
  private final BpfProbes bpf;
  private final NativeProbes natives;
  private final Optional<Form> usual;

  /**
   * @param usual the form for requests that leave it open; empty for the one that suits the kernel
   */
  Forms(BpfProbes bpf, NativeProbes natives, Optional<Form> usual) {
    this.bpf = bpf;
    this.natives = natives;
    this.usual = usual;
  }

  Enforcement of(Form form) {
    return switch (form) {
      case BPF -> bpf;
      case NATIVE -> natives;
    };
  }

  /** Returns every form: what a process that died left may be of any. */
  List<Enforcement> all() {
    return List.of(bpf, natives);
  }

  /**
   * Returns what this machine lacks for the form that would be chosen; empty if it can be tried. A
   * tool that is missing is to be installed, so it is said and no reason to do without.
   */
  List<String> missing(KernelFacts facts) {
    if (usual.isPresent()) {
      return of(usual.get()).missing(facts);
    }
    if (facts.withoutBpf().isEmpty()) {
      return bpf.missing(facts);
    }
    List<String> natively = natives.missing(facts);
    return natively.isEmpty()
        ? List.of()
        : Stream.concat(facts.withoutBpf().stream(), natively.stream()).toList();
  }

  /**
   * Chooses.
   *
   * @throws RuntimeRefusedException if the form that is asked for cannot be had on this machine
   */
  FormChoice choose(ApplyRequest request, KernelFacts facts) throws RuntimeRefusedException {
    Optional<Form> asked = request.form().or(() -> usual);
    if (asked.isPresent()) {
      List<String> missing = of(asked.get()).missing(facts);
      if (!missing.isEmpty()) {
        throw new RuntimeRefusedException(Reason.MISSING_CAPABILITY, String.join(" ", missing));
      }
      return new FormChoice(
          asked.get(), request.form().isPresent() ? "asked for" : "the usual one of this node");
    }
    List<String> withoutBpf = facts.withoutBpf();
    return withoutBpf.isEmpty()
        ? new FormChoice(Form.BPF, "a new policy or value needs no new module")
        : new FormChoice(Form.NATIVE, line("no BPF probes here: " + withoutBpf.getFirst()));
  }

  private static String line(String sentence) {
    String flat = sentence.replace('\n', ' ').replace('\t', ' ');
    return flat.endsWith(".") ? flat.substring(0, flat.length() - 1) : flat;
  }
}

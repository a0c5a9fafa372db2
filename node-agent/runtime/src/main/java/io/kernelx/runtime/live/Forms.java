// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

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
   * @param usual the form for requests that leave it open; empty for the one that suits the machine
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
   * Returns what this machine lacks for the form that would be chosen; empty if one can be tried. A
   * tool that is missing is to be installed, so it is said where no form can do without.
   */
  List<String> missing(KernelFacts facts) {
    return usual.isPresent()
        ? of(usual.get()).missing(facts)
        : either(natives.unsuited(facts), facts);
  }

  /** Returns what lacks for either form; empty if one of them can be had. */
  private List<String> either(List<String> natively, KernelFacts facts) {
    List<String> withBpf = bpf.missing(facts);
    if (natively.isEmpty() || withBpf.isEmpty()) {
      return List.of();
    }
    // Where the kernel does not serve BPF probes, no tool helps.
    List<String> why = facts.withoutBpf().isEmpty() ? withBpf : facts.withoutBpf();
    return Stream.concat(natively.stream(), why.stream()).toList();
  }

  /**
   * Chooses, of these the first:
   *
   * <ol>
   *   <li>The form that is asked for, then the usual one of this node.
   *   <li>Native: a value alone, without a policy, needs no program, and a hit costs less. Not if
   *       something is missing for it, or the loaded xk-kfuncs is another build than the one that
   *       native modules are linked against.
   *   <li>BPF, if the kernel serves it.
   * </ol>
   *
   * @param form the one that is asked for, if one is
   * @throws RuntimeRefusedException if the form that is asked for, or any, cannot be had here
   */
  FormChoice choose(Optional<Form> form, KernelFacts facts) throws RuntimeRefusedException {
    Optional<Form> asked = form.or(() -> usual);
    if (asked.isPresent()) {
      none(of(asked.get()).missing(facts));
      return new FormChoice(
          asked.get(), form.isPresent() ? "asked for" : "the usual one of this node");
    }
    List<String> natively = natives.unsuited(facts);
    none(either(natively, facts));
    return natively.isEmpty()
        ? new FormChoice(Form.NATIVE, "a value alone needs no program")
        : new FormChoice(Form.BPF, line("no native probes here: " + natively.getFirst()));
  }

  private static void none(List<String> missing) throws RuntimeRefusedException {
    if (!missing.isEmpty()) {
      throw new RuntimeRefusedException(Reason.MISSING_CAPABILITY, String.join(" ", missing));
    }
  }

  private static String line(String sentence) {
    String flat = sentence.replace('\n', ' ').replace('\t', ' ');
    return flat.endsWith(".") ? flat.substring(0, flat.length() - 1) : flat;
  }
}

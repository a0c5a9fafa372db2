// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.text.KernelSymbols;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.runtime.text.TextVerifier;
import io.kernelx.runtime.text.VerifiedText;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything of a load that changes nothing in the kernel. */
final class Preparation {
  private static final int TRIES = 40;
  private static final long TRY_MILLIS = 50;

  private final KernelParts parts;

  Preparation(KernelParts parts) {
    this.parts = parts;
  }

  /**
   * A load that may begin.
   *
   * @param text where the plan's functions are
   * @param symbols read once per load; the image's symbols do not change
   */
  record Prepared(TunablePlan plan, VerifiedText text, KernelSymbols symbols) {}

  /**
   * Finds the plan's functions and verifies the live text.
   *
   * @param probes our own probes that are armed now
   */
  Prepared verify(TunablePlan plan, Set<Long> probes) throws RuntimeRefusedException {
    try {
      Set<String> names =
          plan.functions().stream().map(PlannedFunction::name).collect(Collectors.toSet());
      for (String name : parts.text().redirected(names)) {
        throw new RuntimeRefusedException(
            Reason.FUNCTION_REDIRECTED,
            name
                + " is livepatched or redirected by ftrace, so its text is not what runs; remove"
                + " the patch or the tracer first.");
      }
      KernelSymbols symbols = parts.text().symbols(TextVerifier.names(plan));
      try (LiveMemory memory = parts.text().open()) {
        VerifiedText text = new TextVerifier(memory).verify(plan, symbols, probes);
        refuseClosed(plan, text);
        return new Prepared(plan, text, symbols);
      }
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.STATE_UNREADABLE,
          "The running kernel's text cannot be read: " + e.getMessage() + ".",
          e);
    }
  }

  private void refuseClosed(TunablePlan plan, VerifiedText text)
      throws RuntimeRefusedException, IOException {
    Set<Long> closed =
        parts.text().closed(plan.sites().stream().map(text::address).collect(Collectors.toSet()));
    for (ProbeSite site : plan.sites()) {
      if (closed.contains(text.address(site))) {
        throw new RuntimeRefusedException(
            Reason.PROBE_SITE_BLACKLISTED,
            "%s cannot be changed on this kernel: %s+0x%x is closed to probes (/sys/kernel/debug/kprobes/blacklist); leave this kernel out, in a KernelTunable by spec.kernels."
                .formatted(plan.constant(), site.function(), site.offset()));
      }
    }
  }

  /**
   * Verifies once more, with our new probes in place. The kernel may be about to make a jump of a
   * breakpoint, which takes several writes, so a difference is looked at again for a while.
   */
  void verifyAgain(Prepared prepared, Set<Long> probes, Set<Long> ours)
      throws RuntimeRefusedException {
    RuntimeRefusedException last = null;
    for (int i = 0; i < TRIES; i++) {
      try (LiveMemory memory = parts.text().open()) {
        TextVerifier verifier = new TextVerifier(memory);
        VerifiedText again = verifier.verify(prepared.plan(), prepared.symbols(), probes);
        if (!verifier.unarmed(ours).isEmpty()
            || !again.addresses().equals(prepared.text().addresses())) {
          throw new RuntimeRefusedException(
              Reason.STUB_LOAD_FAILED,
              "A probe of "
                  + prepared.plan().constant()
                  + " was attached but is not armed; look at /sys/kernel/debug/kprobes.");
        }
        return;
      } catch (RuntimeRefusedException e) {
        last = e;
      } catch (IOException e) {
        throw Inventory.unreadable(e);
      }
      try {
        parts.pause().millis(TRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw last;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import io.kernelx.runtime.LoadedTunable.TextCoverage;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.text.KernelSymbols.Symbol;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.ProbeSite;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds a plan's functions in the running kernel by their text.
 *
 * <p>A name may stand for several functions (static ones of several units). All places of that name
 * are compared; the one whose text is the function's is it. If several are, they must be as many as
 * the plan has functions of that name, and are taken in the order of their addresses: their text,
 * and so what is done to them, is the same.
 */
public final class TextVerifier {
  private final LiveMemory memory;

  public TextVerifier(LiveMemory memory) {
    this.memory = memory;
  }

  /** Returns the names that {@link #verify} needs from kallsyms. */
  public static Set<String> names(TunablePlan plan) {
    Set<String> names = new HashSet<>();
    for (PlannedFunction function : plan.functions()) {
      names.add(function.name());
      for (Relocation relocation : function.relocations()) {
        names.add(relocation.symbol());
      }
    }
    return names;
  }

  /**
   * Verifies every function of the plan.
   *
   * @param probes addresses of probes that are our own, of this plan or another
   * @throws RuntimeRefusedException {@code LiveTextMismatch} with the first difference
   */
  public VerifiedText verify(TunablePlan plan, KernelSymbols symbols, Set<Long> probes)
      throws RuntimeRefusedException {
    Map<String, Long> addresses = new HashMap<>();
    SymbolBases bases = new SymbolBases(symbols);
    int bytes = 0;
    int patchBytes = 0;
    int relocationBytes = 0;
    for (PlannedFunction function : plan.functions()) {
      Found found = find(plan, function, symbols, bases, probes, addresses.values());
      addresses.put(VerifiedText.key(function), found.address());
      bases = found.bases();
      bytes += function.text().length() / 2;
      patchBytes += found.outcome().patchBytes();
      relocationBytes += found.outcome().relocationBytes();
    }
    return new VerifiedText(
        addresses, new TextCoverage(plan.functions().size(), bytes, patchBytes, relocationBytes));
  }

  /** Returns those addresses at which no probe is armed, by their first byte. */
  public List<Long> unarmed(Set<Long> addresses) throws IOException {
    List<Long> unarmed = new ArrayList<>();
    for (long address : addresses) {
      if (!TextComparison.armed(memory.read(address, 1)[0])) {
        unarmed.add(address);
      }
    }
    return unarmed;
  }

  private record Found(long address, TextComparison.Outcome outcome, SymbolBases bases) {}

  private Found find(
      TunablePlan plan,
      PlannedFunction function,
      KernelSymbols symbols,
      SymbolBases bases,
      Set<Long> probes,
      java.util.Collection<Long> taken)
      throws RuntimeRefusedException {
    if (!function.module().equals(KernelSymbols.VMLINUX)) {
      throw new RuntimeRefusedException(
          Reason.NOT_YET_SUPPORTED,
          function.name()
              + " is in the module "
              + function.module()
              + "; functions of modules are not supported in this version.");
    }
    List<Symbol> places =
        symbols.named(function.name()).stream()
            .filter(s -> s.code() && s.module().equals(function.module()) && s.address() != 0)
            .sorted((a, b) -> Long.compareUnsigned(a.address(), b.address()))
            .toList();
    if (places.isEmpty()) {
      throw mismatch(
          "The running kernel has no function "
              + function.name()
              + "; the plan was made from another kernel, or /proc/kallsyms hides addresses"
              + " (kptr_restrict).");
    }
    List<Found> same = new ArrayList<>();
    String first = "";
    for (Symbol place : places) {
      SymbolBases trial = bases.copy();
      TextComparison.Outcome outcome = compare(plan, function, place.address(), trial, probes);
      if (outcome.same()) {
        same.add(new Found(place.address(), outcome, trial));
      } else if (first.isEmpty()) {
        first = outcome.mismatch().orElseThrow();
      }
    }
    if (same.isEmpty()) {
      throw mismatch(
          "The running kernel's "
              + function.name()
              + (places.size() > 1 ? " (none of " + places.size() + ")" : "")
              + " is not what the plan's compiler made: "
              + first
              + "; plan again from this kernel's own source.");
    }
    long peers = plan.functions().stream().filter(f -> f.name().equals(function.name())).count();
    List<Found> open = same.stream().filter(f -> !taken.contains(f.address())).toList();
    if (open.isEmpty() || same.size() > 1 && same.size() != peers) {
      throw mismatch(
          "The running kernel has "
              + same.size()
              + " functions "
              + function.name()
              + " with the same text, and the plan has "
              + peers
              + "; they cannot be told apart.");
    }
    return open.getFirst();
  }

  private TextComparison.Outcome compare(
      TunablePlan plan, PlannedFunction function, long address, SymbolBases bases, Set<Long> probes)
      throws RuntimeRefusedException {
    int length = function.text().length() / 2;
    BitSet own = new BitSet(length);
    for (long probe : probes) {
      if (probe - address >= 0 && probe - address < length) {
        own.set((int) (probe - address));
      }
    }
    try {
      return new TextComparison(function, strict(plan, function))
          .compare(address, memory.read(address, length), bases, own);
    } catch (IOException e) {
      throw new RuntimeRefusedException(
          Reason.LIVE_TEXT_MISMATCH,
          "The text of "
              + function.name()
              + " cannot be read from /proc/kcore: "
              + e.getMessage()
              + ".",
          e);
    }
  }

  private static BitSet strict(TunablePlan plan, PlannedFunction function) {
    BitSet strict = new BitSet();
    for (ProbeSite site : plan.sites()) {
      if (site.function().equals(function.name()) && site.unit().equals(function.unit())) {
        strict.set(site.spanStart(), site.spanEnd());
        strict.set(site.offset(), site.offset() + site.expected().length() / 2);
      }
    }
    return strict;
  }

  private static RuntimeRefusedException mismatch(String message) {
    return new RuntimeRefusedException(Reason.LIVE_TEXT_MISMATCH, message);
  }
}

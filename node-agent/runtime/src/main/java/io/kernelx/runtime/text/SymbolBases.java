// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import io.kernelx.runtime.text.KernelSymbols.Symbol;
import io.kernelx.sie.plan.PlannedFunction;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import io.kernelx.sie.plan.PlannedFunction.SymbolKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Where the symbols of relocations stand: by kallsyms if it tells, else as derived from the first
 * field that uses them; every further use must agree with that. Sections of strings and constants
 * are merged by the linker, so no two uses of them have one base, and none is kept.
 */
final class SymbolBases {
  private final KernelSymbols symbols;
  private final Map<String, Long> derived;

  SymbolBases(KernelSymbols symbols) {
    this(symbols, Map.of());
  }

  private SymbolBases(KernelSymbols symbols, Map<String, Long> derived) {
    this.symbols = symbols;
    this.derived = new HashMap<>(derived);
  }

  /** Returns a copy to try a comparison on. */
  SymbolBases copy() {
    return new SymbolBases(symbols, derived);
  }

  /** Returns the symbol's address if it is known. */
  OptionalLong find(PlannedFunction function, Relocation relocation) {
    if (relocation.symbolKind() != SymbolKind.SECTION) {
      List<Symbol> named =
          symbols.named(relocation.symbol()).stream()
              .filter(
                  s ->
                      s.module().equals(function.module())
                          || s.module().equals(KernelSymbols.VMLINUX))
              .filter(s -> relocation.symbolKind() == SymbolKind.LOCAL || s.global())
              .toList();
      if (named.size() == 1) {
        return OptionalLong.of(named.getFirst().address());
      }
    }
    Long base = derived.get(key(function, relocation));
    return base == null ? OptionalLong.empty() : OptionalLong.of(base);
  }

  /** Keeps what a field that was not known says of its symbol. */
  void derive(PlannedFunction function, Relocation relocation, long base) {
    if (!merged(relocation)) {
      derived.put(key(function, relocation), base);
    }
  }

  private static boolean merged(Relocation relocation) {
    return relocation.symbolKind() == SymbolKind.SECTION
        && (relocation.symbol().startsWith(".rodata.str")
            || relocation.symbol().startsWith(".rodata.cst"));
  }

  private static String key(PlannedFunction function, Relocation relocation) {
    return relocation.symbolKind() == SymbolKind.GLOBAL
        ? relocation.symbol()
        : function.unit() + ":" + relocation.symbol();
  }
}

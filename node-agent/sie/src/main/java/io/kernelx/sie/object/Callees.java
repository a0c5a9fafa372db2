// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import java.util.Set;

/**
 * What is known about the functions that a unit calls.
 *
 * @param known whether {@code inline} is complete
 * @param inline names that inline assembly branches to, with whatever convention
 * @param own names of the functions that the unit itself holds
 */
public record Callees(boolean known, Set<String> inline, Set<String> own) {

  /** Nothing is known. */
  public static final Callees UNKNOWN = new Callees(false, Set.of(), Set.of());

  public Callees {
    inline = Set.copyOf(inline);
    own = Set.copyOf(own);
  }

  /** Returns whether a branch to the symbol may come from inline assembly. */
  public boolean mayBeInline(String symbol) {
    return !known || inline.contains(symbol);
  }
}

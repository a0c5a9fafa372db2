// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.symbolic;

import io.kernelx.sie.decode.Instruction;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.plan.PlannedFunction.PatchSite;

/** Tells how the kernel's own patching changes what an instruction does. */
public final class Patches {

  private Patches() {}

  /**
   * Returns whether the running kernel may have other code here, not only another encoding of the
   * same: alternatives, paravirtual calls, run-time constants. Calls that become traced, direct or
   * padded, returns, static keys (whose both ways are in the flow graph) and locks keep their
   * meaning.
   */
  public static boolean replaced(Instruction instruction, ObjectFunction function) {
    for (PatchSite p : function.patchSites()) {
      if (meets(p, instruction.offset(), instruction.end()) && changesMeaning(p.table())) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the kernel patches any byte from {@code start} up to {@code end}. */
  public static boolean any(ObjectFunction function, int start, int end) {
    return function.patchSites().stream().anyMatch(p -> meets(p, start, end));
  }

  private static boolean meets(PatchSite p, int start, int end) {
    return p.offset() < end && start < p.offset() + p.length();
  }

  private static boolean changesMeaning(String table) {
    return switch (table) {
      case "__mcount_loc",
          ".return_sites",
          ".call_sites",
          ".ibt_endbr_seal",
          ".retpoline_sites",
          ".static_call_sites",
          "__jump_table",
          ".smp_locks" ->
          false;
      default -> true;
    };
  }
}

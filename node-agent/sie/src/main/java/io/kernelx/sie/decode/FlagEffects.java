// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an instruction does with the flags.
 *
 * <p>A shift or rotation whose count may be 0 leaves every flag as it was when it is 0; the sets
 * here are those of another count.
 *
 * @param read tested
 * @param modified set by the result
 * @param cleared always set to 0
 * @param set always set to 1
 * @param undefined left in no defined state
 */
public record FlagEffects(
    Set<Flag> read, Set<Flag> modified, Set<Flag> cleared, Set<Flag> set, Set<Flag> undefined) {

  /** No flag is read or changed. */
  public static final FlagEffects NONE =
      new FlagEffects(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  public FlagEffects {
    read = Set.copyOf(read);
    modified = Set.copyOf(modified);
    cleared = Set.copyOf(cleared);
    set = Set.copyOf(set);
    undefined = Set.copyOf(undefined);
  }

  /** Returns every flag that does not keep its value. */
  public Set<Flag> changed() {
    EnumSet<Flag> all = EnumSet.noneOf(Flag.class);
    all.addAll(modified);
    all.addAll(cleared);
    all.addAll(set);
    all.addAll(undefined);
    return Collections.unmodifiableSet(all);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.kernel;

import java.util.Set;

/**
 * A definition's replacement, found in one source tree.
 *
 * @param edit what is changed
 * @param original the C expression that stands for V1 in the source
 * @param names the names that carry the constant; code that mentions none of them does not use it
 * @param local whether only the file itself, and what includes it, can use the constant
 */
record ResolvedConstant(SourceEdit edit, String original, Set<String> names, boolean local) {
  ResolvedConstant {
    names = Set.copyOf(names);
  }

  /** Returns the same with another suffix for the literals put into a macro's body. */
  ResolvedConstant withSuffix(String suffix) {
    return edit instanceof SourceEdit.Define define
        ? new ResolvedConstant(
            new SourceEdit.Define(
                define.file(), define.macro(), define.before(), define.after(), suffix),
            original,
            names,
            local)
        : this;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.object.CodeObject;
import io.kernelx.sie.object.DataSymbol;
import io.kernelx.sie.object.ObjectFunction;
import io.kernelx.sie.object.ObjectFunction.LocalTarget;
import io.kernelx.sie.plan.PlannedFunction.Relocation;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names that more than one function or variable of an object has. Versions are compared by name, so
 * code that refers to such a name might mean the one here and the other there.
 */
final class AmbiguousNames {

  private AmbiguousNames() {}

  /** Returns such a name that the object's code refers to. */
  static Optional<String> referenced(CodeObject object) {
    Set<String> once = new HashSet<>();
    Set<String> twice = new HashSet<>();
    Stream.concat(
            object.functions().stream().map(ObjectFunction::name),
            object.symbols().stream().map(DataSymbol::name))
        .filter(name -> !once.add(name))
        .forEach(twice::add);
    if (twice.isEmpty()) {
      return Optional.empty();
    }
    return object.functions().stream()
        .flatMap(
            f ->
                Stream.concat(
                    f.relocations().stream().map(Relocation::symbol),
                    f.localTargets().stream().map(LocalTarget::symbol)))
        .filter(twice::contains)
        .findFirst();
  }
}

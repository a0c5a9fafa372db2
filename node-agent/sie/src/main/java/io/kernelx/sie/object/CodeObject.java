// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

import java.util.List;
import java.util.Optional;

/**
 * What a compiled translation unit contributes to the kernel.
 *
 * @param functions by section and offset; one for all symbols that share a place and size
 * @param data sections without functions that the running kernel has, by name
 * @param symbols variables and tables, by name
 */
public record CodeObject(
    List<ObjectFunction> functions, List<DataSection> data, List<DataSymbol> symbols) {

  public CodeObject {
    functions = List.copyOf(functions);
    data = List.copyOf(data);
    symbols = List.copyOf(symbols);
  }

  /** Returns the function of that name; a name that occurs twice in one object is not found. */
  public Optional<ObjectFunction> function(String name) {
    List<ObjectFunction> found = functions.stream().filter(f -> f.name().equals(name)).toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.definition;

import java.util.List;
import java.util.Optional;

/** The definitions that come with the operator. */
public interface Catalogue {

  /**
   * Returns the definition of the constant of this name.
   *
   * @throws InvalidDefinitionException if there is one and it cannot be read
   */
  Optional<Definition> find(String constant) throws InvalidDefinitionException;

  /** Returns the names of all constants, sorted. */
  List<String> constants();
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.definition;

/** A definition cannot be used; the message names the place and the mend. */
public final class DefinitionException extends RuntimeException {
  public DefinitionException(String message) {
    super(message);
  }
}

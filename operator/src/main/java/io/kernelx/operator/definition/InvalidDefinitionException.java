// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.definition;

/** A definition that cannot be read; the message is one sentence for the user. */
public final class InvalidDefinitionException extends Exception {

  private static final long serialVersionUID = 1L;

  public InvalidDefinitionException(String message) {
    super(message);
  }
}

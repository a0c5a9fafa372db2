// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

/** The API server did not acknowledge a write. The message is one sentence. */
public final class NotAcknowledgedException extends Exception {
  private static final long serialVersionUID = 1;

  public NotAcknowledgedException(String message, Throwable cause) {
    super(message, cause);
  }
}

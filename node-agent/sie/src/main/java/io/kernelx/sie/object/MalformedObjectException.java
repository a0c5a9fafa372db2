// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.object;

/** The bytes are no ELF object that can be used; the message says what is wrong with them. */
public final class MalformedObjectException extends RuntimeException {
  public MalformedObjectException(String message) {
    super(message);
  }
}

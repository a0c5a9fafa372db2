// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.decode;

/** The decoder's library is missing or of another version; the message names the mend. */
public final class DecoderUnavailableException extends RuntimeException {
  public DecoderUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.sie.diff;

import io.kernelx.sie.decode.Undecodable;

/** A function holds bytes that are no instructions. */
public final class UndecodableFunctionException extends RuntimeException {
  public UndecodableFunctionException(String function, Undecodable where) {
    super(
        "function %s cannot be decoded at +0x%x: %s"
            .formatted(function, where.offset(), where.reason()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.bpf;

import java.io.IOException;

/** The kernel allows no probe at an address: blacklisted, or not the start of an instruction. */
public final class ForbiddenProbeException extends IOException {
  private static final long serialVersionUID = 1;

  public ForbiddenProbeException(long address, Throwable cause) {
    super("the kernel forbids a probe at 0x" + Long.toHexString(address), cause);
  }
}

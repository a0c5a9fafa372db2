// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.libc;

import java.io.IOException;

/** A system call that failed, with the kernel's error number. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  public SystemCallException(String call, int errno) {
    super(call + ": " + Errno.text(errno));
    this.errno = errno;
  }

  /** Returns the error number, as in {@link Errno}. */
  public int errno() {
    return errno;
  }
}

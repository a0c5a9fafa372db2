// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;

/** Read access to the running kernel's memory. */
public interface LiveMemory extends AutoCloseable {

  /**
   * Reads kernel memory as it stands now; it may change while it is read.
   *
   * @param address virtual address
   * @param length bytes to read
   * @throws IOException if the kernel maps nothing there, or does not let it be read
   */
  byte[] read(long address, int length) throws IOException;

  @Override
  void close() throws IOException;
}

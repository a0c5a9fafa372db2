// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.TransitionReport;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One transition of one constant from one value to another, driven by the kernel. Closing it while
 * it runs ends it: a Global one leaves everything as it was, a PerTask one turns round by itself. A
 * process that dies closes it. Errors carry the kernel's number ({@link
 * io.kernelx.runtime.libc.SystemCallException}). Not thread-safe.
 */
public interface Transition extends AutoCloseable {

  /**
   * Addresses of kernel text in which no task may be.
   *
   * @param start of the first byte
   * @param end of the byte after the last
   */
  record Span(long start, long end) {}

  /**
   * What is to be done.
   *
   * @param id the ConstID
   * @param value the new value's 64 bits; empty for the compiled value
   * @param epoch of the constant, as last read
   * @param manner not Immediate
   */
  record Order(int id, Optional<Long> value, long epoch, Manner manner, List<Span> spans) {
    public Order {
      spans = List.copyOf(spans);
    }
  }

  /** Starts it. */
  void start(Order order) throws IOException;

  /**
   * Returns how it stands.
   *
   * @param waitMillis wait so long for its end
   */
  TransitionReport progress(int waitMillis) throws IOException;

  /** Returns how a constant's running transition stands, whoever started it, if there is one. */
  Optional<TransitionReport> running(int id, int waitMillis) throws IOException;

  @Override
  void close();
}

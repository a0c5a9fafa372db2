// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.text;

import java.io.IOException;
import java.util.Set;

/** The running kernel's text, its symbols, and who has redirected it. */
public interface LiveText {

  /** Opens the kernel's memory; the caller closes it. */
  LiveMemory open() throws IOException;

  /** Reads the symbols of these names. */
  KernelSymbols symbols(Set<String> names) throws IOException;

  /** Returns those of the addresses that the kernel closes to probes. */
  Set<Long> closed(Set<Long> addresses) throws IOException;

  /** Returns those of the functions that are livepatched or redirected by ftrace. */
  Set<String> redirected(Set<String> functions) throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.Mode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The constants that the module holds. Errors carry the kernel's number ({@link
 * io.kernelx.runtime.libc.SystemCallException}). Not thread-safe.
 */
public interface Constants extends AutoCloseable {

  /**
   * What may be written at a probed instruction.
   *
   * @param address of the probed instruction
   * @param grants the registers and widths
   */
  record Site(long address, List<Grant> grants) {
    public Site {
      grants = List.copyOf(grants);
    }
  }

  /**
   * A register and how wide it may be written.
   *
   * @param register the name as in {@code struct pt_regs}, or {@code flags}
   * @param width in bits: 8, 16, 32 or 64
   */
  record Grant(String register, int width) {}

  /**
   * A constant's state line.
   *
   * @param id the ConstID
   * @param active whether {@code value} is live rather than the compiled value
   * @param value the 64 bits of the value since the last flip
   * @param epoch number of flips
   * @param mode the last flip's mode
   * @param denied writes the module refused at its sites
   * @param sites addresses of its sites, in their order
   */
  record State(
      int id, boolean active, long value, long epoch, Mode mode, long denied, List<Long> sites) {
    public State {
      sites = List.copyOf(sites);
    }
  }

  /** Returns the version of the interface that the loaded module speaks. */
  int abi() throws IOException;

  /** Makes a constant, inactive, and returns its ConstID. */
  int create(List<Site> sites) throws IOException;

  /**
   * Makes a value live. When it returns, no probe acts on the value before any more.
   *
   * @param epoch as last read; another one means that somebody else flipped
   */
  void activate(int id, long value, long epoch, Mode mode) throws IOException;

  /** Makes the compiled value live. */
  void deactivate(int id, long epoch, Mode mode) throws IOException;

  /** Forgets an inactive constant. */
  void destroy(int id) throws IOException;

  /** Returns a constant's state, if there is such a constant. */
  Optional<State> read(int id) throws IOException;

  /** Returns every constant, ascending by ConstID. */
  List<State> all() throws IOException;

  @Override
  void close();
}

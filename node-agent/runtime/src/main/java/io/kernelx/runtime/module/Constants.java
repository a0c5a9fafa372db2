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
   * @param skip 0, or the length of the instruction, which may be stepped over
   * @param memory its memory operand, if it may be read or written
   */
  record Site(long address, List<Grant> grants, int skip, Optional<Operand> memory) {
    public Site {
      grants = List.copyOf(grants);
    }

    /** A site whose instruction runs. */
    public Site(long address, List<Grant> grants) {
      this(address, grants, 0, Optional.empty());
    }
  }

  /**
   * Memory at {@code base + index * scale + displacement}, modulo 2^64.
   *
   * @param base a register's name as in {@code struct pt_regs}, or empty
   * @param index a register's name, or empty
   * @param scale 1, 2, 4 or 8
   * @param displacement an address if there is no base
   * @param width in bits: 8, 16, 32 or 64
   * @param read whether it may be read
   * @param write whether it may be written
   */
  record Operand(
      String base,
      String index,
      int scale,
      long displacement,
      int width,
      boolean read,
      boolean write) {}

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
   * @param active whether {@code value} is live rather than the compiled value; while {@code
   *     moving}, whether it will be
   * @param moving whether tasks go over one by one just now
   * @param value the 64 bits of the value since the last flip
   * @param epoch number of flips
   * @param mode the last flip's mode
   * @param denied writes the module refused at its sites
   * @param sites addresses of its sites, in their order
   * @param held those of them at which the module has a probe of its own as long as the constant
   *     exists
   */
  record State(
      int id,
      boolean active,
      boolean moving,
      long value,
      long epoch,
      Mode mode,
      long denied,
      List<Long> sites,
      List<Long> held) {
    public State {
      sites = List.copyOf(sites);
      held = List.copyOf(held);
    }
  }

  /** The first version of the interface whose sites may step over their instruction. */
  int SKIPS_SINCE = 2;

  /** The first version with which a native module can have a constant's probes. */
  int NATIVE_SINCE = 4;

  /** The first version that runs programs itself. */
  int HOSTS_SINCE = 5;

  /** Returns the version of the interface that the loaded module speaks. */
  int abi() throws IOException;

  /**
   * Makes a constant, inactive, and returns its ConstID. A site that may be stepped over gets a
   * probe of the module's at once, which waits for every task to have been scheduled.
   */
  int create(List<Site> sites) throws IOException;

  /**
   * Makes a value live. When it returns, no probe acts on the value before any more.
   *
   * @param epoch as last read; another one means that somebody else flipped
   */
  void activate(int id, long value, long epoch, Mode mode) throws IOException;

  /** Makes the compiled value live. */
  void deactivate(int id, long epoch, Mode mode) throws IOException;

  /**
   * Puts a probe of the module's at a site of an inactive constant, which runs a program.
   *
   * @param program its file descriptor; the module holds on to the program
   * @return false if it must be attached by the kernel's own means: the program may wait, or has
   *     maps other than arrays
   */
  boolean attach(int id, int site, int program) throws IOException;

  /** Takes the probes away that {@link #attach} has put, if there are any. */
  void detach(int id) throws IOException;

  /**
   * The probes that {@link #attach} has put.
   *
   * @param count how many there are
   * @param missed how often they were missed
   */
  record Hosted(int count, long missed) {}

  /** Looks at a constant's probes that the module runs programs from. */
  Hosted hosted(int id) throws IOException;

  /** Forgets an inactive constant. */
  void destroy(int id) throws IOException;

  /** Returns a constant's state, if there is such a constant. */
  Optional<State> read(int id) throws IOException;

  /** Returns every constant, ascending by ConstID. */
  List<State> all() throws IOException;

  @Override
  void close();
}

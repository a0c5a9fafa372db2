// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.bpf;

import java.io.IOException;
import java.nio.file.Path;

/** What the runtime asks of the kernel's BPF. Not thread-safe. Errors are sentences. */
public interface Bpf {

  /**
   * Loads a stub's programs and maps; nothing is attached.
   *
   * @param object the compiled stub
   * @param constId what its programs act for
   * @param sites the number of its sites
   */
  Stub load(Path object, int constId, int sites) throws IOException;

  /** A loaded stub. Closing it leaves what is pinned. */
  interface Stub extends AutoCloseable {

    /** Pins the map of statistics. */
    void pinStats(Path pin) throws IOException;

    /**
     * Puts a site's program at an address and pins the link.
     *
     * @param site the site's number
     * @param address of the instruction
     */
    void attach(int site, long address, Path pin) throws IOException;

    /** Returns the file descriptor of a site's program, which is this stub's to close. */
    int program(int site) throws IOException;

    /** Pins a site's program, which somebody else runs. */
    void pinProgram(int site, Path pin) throws IOException;

    @Override
    void close();
  }

  /**
   * One site's statistics, over all CPUs.
   *
   * @param hits times the site was reached while the constant was active
   * @param applied hits whose writes were all done
   * @param denied hits of which the module refused a write
   */
  record SiteStats(long hits, long applied, long denied) {}

  /** Reads the statistics of a site from the pinned map. */
  SiteStats stats(Path pin, int site) throws IOException;

  /** Returns how often a pinned link's probe was missed, the program's own misses included. */
  long missed(Path link) throws IOException;

  /** Makes a pinned map that holds some bytes, whole from the start. */
  void createBlob(Path pin, byte[] content, int capacity) throws IOException;

  /** Replaces the bytes of a pinned map. */
  void writeBlob(Path pin, byte[] content) throws IOException;

  /** Returns the bytes of a pinned map, up to the first zero byte. */
  byte[] readBlob(Path pin) throws IOException;
}

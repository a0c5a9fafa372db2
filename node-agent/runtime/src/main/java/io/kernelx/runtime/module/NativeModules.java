// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The modules that have constants' probes in the running kernel, one per constant. */
public interface NativeModules {

  /**
   * What a module has counted, over all CPUs.
   *
   * @param hits times a site was reached while the constant was active
   * @param applied hits whose writes were all done
   * @param denied hits of which xk-kfuncs refused a write
   * @param missed hits that the kernel missed
   */
  record Counts(long hits, long applied, long denied, long missed) {}

  /** Returns what building one lacks, a sentence that names the mend, if anything. */
  Optional<String> missing(KernelFacts facts);

  /**
   * Returns why the xk-kfuncs that is loaded may not take one that is built here, if so: a module
   * is bound to the types of the very build that it was linked against.
   */
  Optional<String> unsuited(KernelFacts facts);

  /**
   * Returns the built module, building it if it is not kept.
   *
   * @param sites the C text of its sites
   */
  Path build(String sites, KernelFacts facts) throws RuntimeRefusedException;

  /**
   * Loads a module. Its probes are in place then, all of them, or it is not loaded.
   *
   * @param constId an inactive constant with the sites that the module was made for
   * @throws RuntimeRefusedException if the kernel does not take modules
   * @throws IOException if it did not take this one; for a forbidden probe the error number is
   *     {@code EILSEQ}
   */
  void load(Path file, int constId) throws RuntimeRefusedException, IOException;

  /** Returns the name of the module that has a constant's probes, if there is one. */
  Optional<String> find(int constId) throws IOException;

  /** Unloads a module of an inactive constant, and with it its probes. */
  void unload(String name) throws IOException;

  /** Reads what a module has counted. */
  Counts counts(String name) throws IOException;
}

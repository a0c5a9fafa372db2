// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import java.util.Optional;

/** The module in the running kernel. */
public interface Kfuncs {

  /**
   * Opens the device of the module that is loaded, whoever loaded it.
   *
   * @return empty if the module is not loaded
   * @throws RuntimeRefusedException if it speaks an older interface than this code needs
   */
  Optional<Constants> open() throws RuntimeRefusedException;

  /** Returns what loading lacks, if anything: nothing when the module is loaded already. */
  Optional<String> missing(KernelFacts facts);

  /**
   * Opens the device, loading the module first if it is not there, building it if it is not kept.
   *
   * @param firstId ConstIDs start here, above every one given out in this boot
   */
  Constants ensure(KernelFacts facts, int firstId) throws RuntimeRefusedException;
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import java.util.Optional;

/** The transition engine in the running kernel. */
public interface Consistency {

  /**
   * Opens a transition of the engine that is loaded, whoever loaded it.
   *
   * @return empty if it is not loaded
   * @throws RuntimeRefusedException if it speaks an older interface than this code needs
   */
  Optional<Transition> open() throws RuntimeRefusedException;

  /**
   * Opens a transition, loading the engine first if it is not there, building it if it is not kept.
   * xk-kfuncs must be loaded.
   */
  Transition ensure(KernelFacts facts) throws RuntimeRefusedException;
}

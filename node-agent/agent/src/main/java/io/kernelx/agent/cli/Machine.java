// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.agent.build.Compilation;
import io.kernelx.runtime.NodeRuntime;
import java.nio.file.Path;
import java.time.Instant;

/** What commands reach of this machine. */
interface Machine {

  /** Returns the running kernel, for looking at and changing it. */
  NodeRuntime runtime();

  /**
   * Returns the compiler.
   *
   * @param kernels where the kernels' packages, sources and configurations are looked for
   */
  Compilation compilation(KernelSources kernels);

  /** Returns when the running kernel started. */
  Instant bootedAt();

  /**
   * Runs a builder in a process of its own, with low priority, until no build waits for it.
   *
   * @return a sentence on how it ended
   */
  String runBuilder(String name, Path kubeconfig) throws InterruptedException;
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.cli;

import io.kernelx.agent.build.Compilation;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.state.AgentSeat;
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

  /**
   * Compiles a stub, or finds it compiled.
   *
   * @param source its C text
   * @return the object file
   * @throws RuntimeRefusedException if it does not compile, or the machine cannot compile stubs
   */
  Path compileStub(String source) throws RuntimeRefusedException;

  /** Returns the seat of this machine's agent. */
  AgentSeat agentSeat();

  /** Returns when the running kernel started. */
  Instant bootedAt();

  /**
   * Runs a builder in a process of its own, with low priority, until no build waits for it.
   *
   * @return a sentence on how it ended
   */
  String runBuilder(String name, Path kubeconfig) throws InterruptedException;
}

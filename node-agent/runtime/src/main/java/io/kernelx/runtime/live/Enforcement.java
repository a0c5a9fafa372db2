// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Form;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.live.Preparation.Prepared;
import io.kernelx.sie.plan.TunablePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A form of enforcement: what makes the probes of a constant act. The constant itself, its state
 * and its transitions are xk-kfuncs', whatever the form.
 */
sealed interface Enforcement permits BpfProbes, NativeProbes {

  Form form();

  /** Returns what this machine lacks for the form, a sentence each; empty if it can be tried. */
  List<String> missing(KernelFacts facts);

  /** Returns what is to be loaded for a plan, built. Changes nothing in the kernel. */
  Path prepare(TunablePlan plan, KernelFacts facts) throws RuntimeRefusedException;

  /**
   * Puts the probes of an inactive constant in place; none acts. They outlive the process.
   *
   * @param artefact what {@link #prepare} returned
   */
  void attach(int id, Prepared prepared, Path artefact) throws RuntimeRefusedException, IOException;

  /** Takes the probes of an inactive constant away, those that there are. */
  void detach(int id) throws RuntimeRefusedException, IOException;

  /** What is there of a constant's probes, and what they have counted. */
  record Standing(int probes, long hits, long applied, long denied, long missed) {}

  /**
   * Looks at a constant's probes.
   *
   * @param sites how many the constant has
   */
  Standing standing(int id, int sites) throws RuntimeRefusedException, IOException;
}

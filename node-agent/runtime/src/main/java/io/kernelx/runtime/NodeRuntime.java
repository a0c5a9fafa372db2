// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.List;
import java.util.Optional;

/**
 * The running kernel of this machine: what it is, which constants are changed in it, and the means
 * to change them.
 *
 * <p>One instance per process. Every method may be called from any thread; one lock makes them wait
 * for each other, so a build in {@link #apply} holds up the rest. Tasks are waited for without that
 * lock: meanwhile other constants can be changed, and changes of the same one are refused. Closing
 * the process, in whatever way, changes nothing in the kernel: the kernel and the pins are the
 * state, and the next process finds it there.
 */
public interface NodeRuntime {

  /** Returns what this kernel is and what it lacks for loading. Never throws for a lack. */
  KernelFacts facts();

  /**
   * Makes the kernel act as if it had been compiled with the request's value.
   *
   * <p>A tunable of the same owner and constant that is already loaded with the same stub only gets
   * the new value: nothing is built and no probe moves. Otherwise the live text is verified, every
   * probe attached inert, the text verified again, and the value goes live in one flip. Whatever
   * fails on the way is unwound.
   *
   * @return what is loaded afterwards
   * @throws RuntimeRefusedException with the reason; the kernel then stands as it did before
   */
  LoadedTunable apply(ApplyRequest request) throws RuntimeRefusedException;

  /**
   * Gives the constant back its compiled value and removes everything that was loaded for it. Not
   * loaded is success.
   *
   * @param owner the owner that applied it
   * @param constant the constant's name
   * @throws RuntimeRefusedException if another owner loaded it, or the kernel refuses
   */
  default void revert(String owner, String constant) throws RuntimeRefusedException {
    revert(owner, constant, Optional.empty(), TransitionWatch.NONE);
  }

  /**
   * The same in a manner of its own.
   *
   * @param manner how; empty for the usual manner of the mode that it was applied with
   * @param watch follows the change and may call it off
   */
  void revert(String owner, String constant, Optional<Manner> manner, TransitionWatch watch)
      throws RuntimeRefusedException;

  /**
   * Returns the transitions that a constant went through in this boot, the last one last; those
   * that ran when their process died are not among them.
   *
   * @throws RuntimeRefusedException if they cannot be read
   */
  List<TransitionReport> transitions(int constId) throws RuntimeRefusedException;

  /**
   * Returns everything that is loaded, of every owner, from the pins and the module, ascending by
   * ConstID.
   *
   * @throws RuntimeRefusedException if the pins or the module cannot be read
   */
  List<LoadedTunable> loaded() throws RuntimeRefusedException;
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Gives several constants back their compiled values. One that cannot go back keeps no other. */
public final class Unloads {
  private final NodeRuntime runtime;

  public Unloads(NodeRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * What became of one.
   *
   * @param refusal why it is still changed; empty when it runs with its compiled value again
   */
  public record Outcome(LoadedTunable loaded, Optional<RuntimeRefusedException> refusal) {}

  /**
   * Unloads them, one after the other.
   *
   * @param manner how each goes back
   * @param watch follows each change
   * @param told hears of each as soon as it has ended
   */
  public void each(
      List<LoadedTunable> chosen,
      Function<LoadedTunable, Manner> manner,
      TransitionWatch watch,
      Consumer<Outcome> told) {
    for (LoadedTunable loaded : chosen) {
      Optional<RuntimeRefusedException> refusal = Optional.empty();
      try {
        runtime.revert(loaded.owner(), loaded.constant(), Optional.of(manner.apply(loaded)), watch);
      } catch (RuntimeRefusedException e) {
        refusal = Optional.of(e);
      }
      told.accept(new Outcome(loaded, refusal));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.TransitionWatch;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.state.Meta;
import io.kernelx.runtime.text.LiveMemory;
import io.kernelx.runtime.text.TextVerifier;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a constant out of the kernel. Also what unwinds a load and what cleans up after a process
 * that died, so every step allows for being done already.
 *
 * <ol>
 *   <li>The compiled value goes live, at once or by a transition; when that is done no probe acts
 *       any more.
 *   <li>The links' pins go, or the native module, and with them the probes. The kernel may free
 *       them a little later.
 *   <li>The text is watched until no probe is armed at the sites, but for those where the module
 *       has one of its own.
 *   <li>The constant is destroyed, and with it the module's own probes; the text is watched again.
 *   <li>The other pins go.
 * </ol>
 */
final class Unloading {
  private static final int TRIES = 200;
  private static final long TRY_MILLIS = 50;

  private final KernelParts parts;
  private final Forms forms;
  private final Moving moving;

  Unloading(KernelParts parts, Forms forms, Moving moving) {
    this.parts = parts;
    this.forms = forms;
    this.moving = moving;
  }

  /** Removes what is there of a constant that is not described or not live. */
  void leftover(int id) throws RuntimeRefusedException {
    unload(id, Optional.empty(), Manner.of(Mode.IMMEDIATE), TransitionWatch.NONE);
  }

  /**
   * Removes a constant that is live.
   *
   * @param meta its description
   * @param manner how the compiled value goes live
   * @param watch follows that
   */
  void unload(int id, Meta meta, Manner manner, TransitionWatch watch)
      throws RuntimeRefusedException {
    unload(id, Optional.of(meta), manner, watch);
  }

  private void unload(int id, Optional<Meta> meta, Manner manner, TransitionWatch watch)
      throws RuntimeRefusedException {
    try {
      Optional<Constants> open = parts.kfuncs().open();
      if (open.isEmpty()) {
        parts.pins().remove(id);
        return;
      }
      try (Constants constants = open.get()) {
        Optional<Constants.State> state = constants.read(id);
        if (state.isPresent() && state.get().active()) {
          if (meta.isPresent()) {
            moving.move(constants, state.get(), meta.get(), Optional.empty(), manner, watch);
          } else {
            constants.deactivate(id, state.get().epoch(), Mode.IMMEDIATE);
          }
          parts.observer().done(Step.DEACTIVATED);
        }
        for (Enforcement form : forms.all()) {
          form.detach(id);
        }
        if (state.isPresent()) {
          Set<Long> free = new HashSet<>(state.get().sites());
          state.get().held().forEach(free::remove);
          awaitDisarmed(free);
          parts.observer().done(Step.DETACHED);
          constants.destroy(id);
          awaitDisarmed(new HashSet<>(state.get().held()));
          parts.observer().done(Step.DESTROYED);
        }
      }
      parts.pins().remove(id);
    } catch (IOException e) {
      throw Inventory.unreadable(e);
    }
  }

  private void awaitDisarmed(Set<Long> sites) throws IOException {
    List<Long> unarmed = List.of();
    for (int i = 0; i < TRIES; i++) {
      try (LiveMemory memory = parts.text().open()) {
        unarmed = new TextVerifier(memory).unarmed(sites);
      }
      if (unarmed.size() == sites.size()) {
        return;
      }
      try {
        parts.pause().millis(TRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw new IOException(
        (sites.size() - unarmed.size())
            + " probes are still armed "
            + TRIES * TRY_MILLIS / 1000
            + " s after their removal; another process holds them open, or has its own probes"
            + " there");
  }
}

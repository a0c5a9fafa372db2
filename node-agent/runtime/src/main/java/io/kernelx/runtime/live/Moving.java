// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.State;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.Constants;
import io.kernelx.runtime.module.Transition;
import io.kernelx.runtime.state.Meta;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Takes a constant from one value to another, the compiled value among them, in the manner that is
 * asked for. Whatever does not succeed leaves the value before; the kernel sees to that itself.
 */
final class Moving {
  private static final int LOOK_MILLIS = 1000;

  private final KernelParts parts;
  private final Supplier<KernelFacts> facts;

  Moving(KernelParts parts, Supplier<KernelFacts> facts) {
    this.parts = parts;
    this.facts = facts;
  }

  /**
   * Moves.
   *
   * @param constants the module's device
   * @param state the constant's state as last read
   * @param meta its description, with its spans
   * @param value the new value's 64 bits; empty for the compiled value
   */
  void move(
      Constants constants, Constants.State state, Meta meta, Optional<Long> value, Manner manner)
      throws RuntimeRefusedException, IOException {
    if (manner.mode() != Mode.IMMEDIATE) {
      transition(state, meta, value, manner);
    } else if (value.isPresent()) {
      constants.activate(state.id(), value.get(), state.epoch(), manner.mode());
    } else {
      constants.deactivate(state.id(), state.epoch(), manner.mode());
    }
  }

  private void transition(Constants.State state, Meta meta, Optional<Long> value, Manner manner)
      throws RuntimeRefusedException, IOException {
    try (Transition transition = parts.consistency().ensure(facts.get())) {
      start(transition, state, meta, value, manner);
      parts.observer().done(Step.MOVING);
      TransitionReport report = transition.progress(LOOK_MILLIS);
      while (!report.state().ended() && !overdue(report, manner)) {
        report = transition.progress(LOOK_MILLIS);
      }
      if (report.state().ended()) {
        parts.files().append(TransitionLines.table(state.id()), TransitionLines.write(report));
      }
      if (report.state() != State.DONE) {
        throw stalled(meta.constant(), report);
      }
    }
  }

  private static void start(
      Transition transition, Constants.State state, Meta meta, Optional<Long> value, Manner manner)
      throws RuntimeRefusedException, IOException {
    List<Transition.Span> spans =
        meta.places().stream()
            .map(p -> new Transition.Span(p.address(), p.address() + p.end() - p.start()))
            .toList();
    try {
      transition.start(new Transition.Order(state.id(), value, state.epoch(), manner, spans));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EBUSY || e.errno() == Errno.ESTALE) {
        throw new RuntimeRefusedException(
            Reason.CHANGED_MEANWHILE,
            meta.constant() + " is being changed by somebody else just now; try again.",
            e);
      }
      throw e;
    }
  }

  /** Tasks that go back are given as much time again; then they are left to the kernel. */
  private static boolean overdue(TransitionReport report, Manner manner) {
    return report.state() == State.REVERTING
        && report.elapsedMicros() > 2000L * manner.timeoutMillis();
  }

  /** Refuses to touch a constant whose tasks are still going over. */
  void refuseWhileMoving(Found found) throws RuntimeRefusedException {
    if (!found.moving()) {
      return;
    }
    String constant = found.meta().map(Meta::constant).orElse("constant " + found.id());
    try {
      Optional<Transition> open = parts.consistency().open();
      if (open.isPresent()) {
        try (Transition transition = open.get()) {
          Optional<TransitionReport> report = transition.running(found.id(), 0);
          if (report.isPresent()) {
            throw stalled(constant, report.get());
          }
        }
      }
    } catch (IOException e) {
      throw Inventory.unreadable(e);
    }
    throw new RuntimeRefusedException(
        Reason.CHANGED_MEANWHILE, "A transition of " + constant + " has just ended; try again.");
  }

  private static RuntimeRefusedException stalled(String constant, TransitionReport report) {
    String tasks =
        report.stalled().stream().limit(10).map(Object::toString).collect(Collectors.joining(", "));
    String what =
        switch (report.state()) {
          case REVERTING ->
              "goes back to the value before, but "
                  + report.pending()
                  + " tasks have not come out of a safe span yet";
          case RUNNING -> "is being changed just now, and " + report.pending() + " tasks remain";
          default ->
              switch (report.reason()) {
                case NO_MEMORY -> "keeps the value before: the kernel had no memory for the change";
                default -> "keeps the value before: tasks stayed in a safe span";
              };
        };
    return new RuntimeRefusedException(
        Reason.STALLED,
        constant
            + " "
            + what
            + (tasks.isEmpty() ? "" : ": " + tasks)
            + "; allow more time, or try"
            + " again later.",
        report);
  }
}

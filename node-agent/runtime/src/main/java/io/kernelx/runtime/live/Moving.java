// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.live;

import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.Manner;
import io.kernelx.runtime.Mode;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.RuntimeRefusedException.Reason;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.State;
import io.kernelx.runtime.TransitionWatch;
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
  private static final int GO_BACK_LOOKS = 10;

  private final KernelParts parts;
  private final Supplier<KernelFacts> facts;
  private final NodeTurn turn;

  Moving(KernelParts parts, Supplier<KernelFacts> facts, NodeTurn turn) {
    this.parts = parts;
    this.facts = facts;
    this.turn = turn;
  }

  /**
   * Moves. The turn is given away while tasks are waited for.
   *
   * @param constants the module's device
   * @param state the constant's state as last read
   * @param meta its description, with its spans
   * @param value the new value's 64 bits; empty for the compiled value
   * @param watch follows it
   */
  void move(
      Constants constants,
      Constants.State state,
      Meta meta,
      Optional<Long> value,
      Manner manner,
      TransitionWatch watch)
      throws RuntimeRefusedException, IOException {
    try {
      if (manner.mode() == Mode.IMMEDIATE) {
        long began = System.nanoTime();
        if (value.isPresent()) {
          constants.activate(state.id(), value.get(), state.epoch(), manner.mode());
        } else {
          constants.deactivate(state.id(), state.epoch(), manner.mode());
        }
        watch.goesOn(TransitionReport.atOnce((System.nanoTime() - began) / 1000));
      } else {
        transition(constants, state, meta, value, manner, watch);
      }
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EBUSY || e.errno() == Errno.ESTALE) {
        throw changedMeanwhile(meta.constant());
      }
      throw e;
    }
  }

  private void transition(
      Constants constants,
      Constants.State state,
      Meta meta,
      Optional<Long> value,
      Manner manner,
      TransitionWatch watch)
      throws RuntimeRefusedException, IOException {
    TransitionReport report;
    try (Transition transition = parts.consistency().ensure(facts.get())) {
      List<Transition.Span> spans =
          meta.places().stream()
              .map(p -> new Transition.Span(p.address(), p.address() + p.end() - p.start()))
              .toList();
      transition.start(new Transition.Order(state.id(), value, state.epoch(), manner, spans));
      parts.observer().done(Step.MOVING);
      report = turn.aside(() -> follow(transition, manner, watch));
    }
    if (report.state() == State.RUNNING) {
      TransitionReport calledOff = report;
      report = turn.aside(() -> goBack(constants, state.id(), value, calledOff));
    }
    if (report.state().ended()) {
      parts.files().append(TransitionLines.table(state.id()), TransitionLines.write(report));
    }
    if (report.state() != State.DONE) {
      throw stalled(meta.constant(), report);
    }
  }

  /** Returns how it ended, or how it stood when it was called off or left to the kernel. */
  private static TransitionReport follow(
      Transition transition, Manner manner, TransitionWatch watch) throws IOException {
    while (true) {
      TransitionReport report = transition.progress(LOOK_MILLIS);
      boolean goesOn = watch.goesOn(report);
      if (report.state().ended()
          || overdue(report, manner)
          || (!goesOn && report.state() == State.RUNNING)) {
        return report;
      }
    }
  }

  /** Tasks that go back are given as much time again; then they are left to the kernel. */
  private static boolean overdue(TransitionReport report, Manner manner) {
    return report.state() == State.REVERTING
        && report.elapsedMicros() > 2000L * manner.timeoutMillis();
  }

  /** Waits some time for the end of a transition whose file was closed. */
  private TransitionReport goBack(
      Constants constants, int id, Optional<Long> value, TransitionReport calledOff)
      throws RuntimeRefusedException, IOException {
    try (Transition look = parts.consistency().ensure(facts.get())) {
      Optional<TransitionReport> report = look.running(id, LOOK_MILLIS);
      for (int i = 0; i < GO_BACK_LOOKS && report.isPresent(); i++) {
        report = look.running(id, LOOK_MILLIS).filter(r -> !r.state().ended());
      }
      if (report.isPresent()) {
        return report.get();
      }
    }
    // It may have come to its end before the file was closed.
    boolean done =
        constants
            .read(id)
            .map(s -> value.map(v -> s.active() && s.value() == v).orElse(!s.active()))
            .orElse(value.isEmpty());
    return calledOff.endedAs(
        done ? State.DONE : calledOff.mode() == Mode.GLOBAL ? State.FAILED : State.REVERTED);
  }

  /** Returns whether a transition of a constant runs that the constant itself does not show. */
  boolean running(Found found) throws RuntimeRefusedException {
    if (found.state().isEmpty()) {
      return false;
    }
    try {
      Optional<Transition> open = parts.consistency().open();
      if (open.isEmpty()) {
        return false;
      }
      try (Transition transition = open.get()) {
        return transition.running(found.id(), 0).isPresent();
      }
    } catch (IOException e) {
      throw Inventory.unreadable(e);
    }
  }

  /** Refuses to touch a constant whose tasks are still going over. */
  void refuseWhileMoving(Found found) throws RuntimeRefusedException {
    if (!found.moving() && !found.leftover()) {
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

  static RuntimeRefusedException changedMeanwhile(String constant) {
    return new RuntimeRefusedException(
        Reason.CHANGED_MEANWHILE,
        constant + " is being changed by somebody else just now; try again.");
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
                case CLOSED -> "keeps the value before: the change was called off";
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

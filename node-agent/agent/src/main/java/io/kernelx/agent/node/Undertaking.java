// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.RuntimeRefusedException;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionWatch;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * One order being carried out, on a thread of its own: tasks may have to be waited for as long as
 * the user likes, and the node's other orders go on meanwhile. The loop looks at it from its own
 * thread; what it sees is whole.
 */
final class Undertaking implements TransitionWatch {
  /** A transition that takes no longer is told of when it has ended. */
  private static final long WORTH_TELLING_MICROS = 2_000_000;

  private final NodeTunable order;
  private final Instant announced;
  private final Optional<LoadedTunable> before;
  private final Clock clock;
  private final Runnable news;

  private volatile boolean calledOff;
  private volatile Told told;
  private volatile End end;
  private Told shown;
  private Instant shownAt = Instant.MIN;

  /**
   * @param announced when it was announced
   * @param before what was in the kernel then
   * @param news run when the loop should have a look
   */
  Undertaking(
      NodeTunable order,
      Instant announced,
      Optional<LoadedTunable> before,
      Clock clock,
      Runnable news) {
    this.order = order;
    this.announced = announced;
    this.before = before;
    this.clock = clock;
    this.news = news;
  }

  /**
   * What the kernel says of the transition.
   *
   * @param startedAt when it began
   */
  record Told(Instant startedAt, TransitionReport report) {}

  /** How it ended. */
  sealed interface End {
    /** As ordered; what is loaded then, if anything. */
    record Done(Optional<LoadedTunable> loaded) implements End {}

    /** The runtime refused. */
    record Refused(RuntimeRefusedException why) implements End {}

    /** The runtime is at fault. */
    record Fault(RuntimeException why) implements End {}
  }

  /** What is to be done with the kernel. */
  @FunctionalInterface
  interface Work {
    Optional<LoadedTunable> run() throws RuntimeRefusedException;
  }

  void run(Work work) {
    try {
      end = new End.Done(work.run());
    } catch (RuntimeRefusedException e) {
      end = new End.Refused(e);
    } catch (RuntimeException e) {
      end = new End.Fault(e);
    }
    news.run();
  }

  @Override
  public boolean goesOn(TransitionReport report) {
    Told last = told;
    Instant startedAt =
        last == null
            ? clock.instant().minus(report.elapsedMicros(), ChronoUnit.MICROS)
            : last.startedAt();
    told = new Told(startedAt, report);
    boolean first = last == null || last.report().elapsedMicros() < WORTH_TELLING_MICROS;
    if (first && report.elapsedMicros() >= WORTH_TELLING_MICROS) {
      news.run();
    }
    return !calledOff;
  }

  void callOff() {
    calledOff = true;
  }

  NodeTunable order() {
    return order;
  }

  Instant announced() {
    return announced;
  }

  Optional<LoadedTunable> before() {
    return before;
  }

  Optional<End> end() {
    return Optional.ofNullable(end);
  }

  Optional<Told> told() {
    return Optional.ofNullable(told);
  }

  /** Returns whether it does what an order asks for; where the plan lies is not part of that. */
  boolean does(NodeTunable asked) {
    return order.revision().equals(asked.revision())
        && order.action() == asked.action()
        && order.mode() == asked.mode()
        && order.onStall() == asked.onStall()
        && Objects.equals(order.timeout(), asked.timeout())
        && Objects.equals(order.value(), asked.value());
  }

  /** Returns what to tell of a transition that takes long, if it is news and was not just told. */
  Optional<Told> worthTelling() {
    Told now = told;
    if (now == null || now.report().elapsedMicros() < WORTH_TELLING_MICROS) {
      return Optional.empty();
    }
    boolean same =
        shown != null
            && shown.report().pending() == now.report().pending()
            && shown.report().state() == now.report().state()
            && shown.report().stalled().equals(now.report().stalled());
    if (same || clock.instant().isBefore(shownAt.plus(OrderStep.TELL_EVERY))) {
      return Optional.empty();
    }
    shown = now;
    shownAt = clock.instant();
    return Optional.of(now);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime;

import java.util.List;

/**
 * How a transition stands, as the kernel tells it.
 *
 * @param mode its guarantee
 * @param state where it is
 * @param reason why it did not succeed
 * @param tasks tasks that were there at the start (PerTask) or at the last look (Global)
 * @param pending those of them that hold it up, or may
 * @param insideFirst tasks found inside a span at the first look
 * @param stops times that all CPUs were stopped
 * @param longestStopMicros the longest of them
 * @param elapsedMicros since the start, until the end
 * @param taskMicros times from the start until a task moved
 * @param stalled tasks inside a span at the last look, some of them; none once it is done
 */
public record TransitionReport(
    Mode mode,
    State state,
    Reason reason,
    int tasks,
    int pending,
    int insideFirst,
    int stops,
    int longestStopMicros,
    long elapsedMicros,
    Latencies taskMicros,
    List<StalledTask> stalled) {

  public TransitionReport {
    stalled = state == State.DONE ? List.of() : List.copyOf(stalled);
  }

  /** Returns the report of a change that waited for nobody. */
  public static TransitionReport atOnce(long elapsedMicros) {
    return new TransitionReport(
        Mode.IMMEDIATE,
        State.DONE,
        Reason.NONE,
        0,
        0,
        0,
        0,
        0,
        elapsedMicros,
        Latencies.NONE,
        List.of());
  }

  /** Returns the same transition at an end that it came to without being looked at. */
  public TransitionReport endedAs(State end) {
    return new TransitionReport(
        mode,
        end,
        end == State.DONE ? Reason.NONE : Reason.CLOSED,
        tasks,
        0,
        insideFirst,
        stops,
        longestStopMicros,
        elapsedMicros,
        taskMicros,
        stalled);
  }

  /** Where it is; those from {@link #DONE} on are ends. The order is the kernel's. */
  public enum State {
    IDLE,
    RUNNING,
    /** Tasks that had moved go back. */
    REVERTING,
    /** Everybody sees the new value. */
    DONE,
    /** Everybody sees the old value; some saw the new one in between. */
    REVERTED,
    /** Nobody ever saw the new value. */
    FAILED;

    /** Returns whether nothing more happens. */
    public boolean ended() {
      return compareTo(DONE) >= 0;
    }
  }

  /** Why it did not end with {@link State#DONE}. The order is the kernel's. */
  public enum Reason {
    NONE,
    TIMEOUT,
    CLOSED,
    NO_MEMORY
  }

  /** Least, median, 99th percentile and longest, in microseconds; all zero where there are none. */
  public record Latencies(long min, long p50, long p99, long max) {

    /** Nothing measured. */
    public static final Latencies NONE = new Latencies(0, 0, 0, 0);

    /**
     * Returns the figures of some times.
     *
     * @param micros any order; may be empty
     */
    public static Latencies of(List<Long> micros) {
      if (micros.isEmpty()) {
        return NONE;
      }
      List<Long> sorted = micros.stream().sorted().toList();
      int last = sorted.size() - 1;
      return new Latencies(
          sorted.getFirst(), sorted.get(last / 2), sorted.get(last * 99 / 100), sorted.getLast());
    }
  }

  /**
   * A task that holds a transition up.
   *
   * @param tid its id in the initial namespace; 0 is the idle task
   * @param comm its name
   * @param function the function in whose span it stands, with its module; empty if its stack
   *     cannot be read whole
   */
  public record StalledTask(int tid, String comm, String function) {

    @Override
    public String toString() {
      return comm + "[" + tid + "]" + (function.isEmpty() ? "" : " in " + function);
    }
  }
}

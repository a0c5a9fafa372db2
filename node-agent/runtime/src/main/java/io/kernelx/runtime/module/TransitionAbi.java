// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * The layouts and numbers of {@code kernel/consistency/xk_transition_abi.h}. A test holds the two
 * together.
 */
final class TransitionAbi {
  static final int VERSION = 1;
  static final String DEVICE = "xkernel_transition";

  static final int SPAN_SIZE = 16;
  static final int BLOCKERS_MAX = 32;
  static final int BLOCKER_SIZE = 96;
  static final int BLOCKER_TID = 0;
  static final int BLOCKER_COMM = 16;
  static final int BLOCKER_SYMBOL = 32;

  static final StructLayout VERSION_STRUCT =
      MemoryLayout.structLayout(
          JAVA_INT.withName("abi"),
          JAVA_INT.withName("modes"),
          JAVA_INT.withName("running"),
          JAVA_INT.withName("slice"));

  static final StructLayout START =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("spans"),
          JAVA_INT.withName("span_count"),
          JAVA_INT.withName("span_size"),
          JAVA_INT.withName("id"),
          JAVA_INT.withName("action"),
          JAVA_LONG.withName("value"),
          JAVA_LONG.withName("epoch"),
          JAVA_INT.withName("mode"),
          JAVA_INT.withName("on_stall"),
          JAVA_INT.withName("timeout_ms"),
          JAVA_INT.withName("flags"));

  static final StructLayout STATUS =
      MemoryLayout.structLayout(
          JAVA_INT.withName("id"),
          JAVA_INT.withName("wait_ms"),
          JAVA_INT.withName("state"),
          JAVA_INT.withName("reason"),
          JAVA_INT.withName("tasks"),
          JAVA_INT.withName("pending"),
          JAVA_INT.withName("inside_first"),
          JAVA_INT.withName("stops"),
          JAVA_INT.withName("stop_max_us"),
          JAVA_INT.withName("mode"),
          JAVA_LONG.withName("elapsed_us"),
          JAVA_INT.withName("task_us_min"),
          JAVA_INT.withName("task_us_p50"),
          JAVA_INT.withName("task_us_p99"),
          JAVA_INT.withName("task_us_max"),
          JAVA_LONG.withName("epoch"),
          JAVA_LONG.withName("blockers"),
          JAVA_INT.withName("blocker_count"),
          JAVA_INT.withName("blocker_size"));

  private TransitionAbi() {}

  /** The requests of {@code /dev/xkernel_transition}. */
  enum Request {
    VERSION(0xc0, VERSION_STRUCT),
    START(0xc1, TransitionAbi.START),
    STATUS(0xc2, TransitionAbi.STATUS);

    private final int number;
    private final StructLayout layout;

    Request(int number, StructLayout layout) {
      this.number = number;
      this.layout = layout;
    }

    StructLayout layout() {
      return layout;
    }

    long code() {
      return StructCall.code(number, layout);
    }
  }
}

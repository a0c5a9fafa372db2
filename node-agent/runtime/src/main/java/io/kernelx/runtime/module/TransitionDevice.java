// SPDX-License-Identifier: Apache-2.0
package io.kernelx.runtime.module;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kernelx.runtime.Mode;
import io.kernelx.runtime.TransitionReport;
import io.kernelx.runtime.TransitionReport.Latencies;
import io.kernelx.runtime.TransitionReport.Reason;
import io.kernelx.runtime.TransitionReport.StalledTask;
import io.kernelx.runtime.TransitionReport.State;
import io.kernelx.runtime.libc.Errno;
import io.kernelx.runtime.libc.Libc;
import io.kernelx.runtime.libc.SystemCallException;
import io.kernelx.runtime.module.TransitionAbi.Request;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An open file of the engine's device. */
public final class TransitionDevice implements Transition {
  private final Libc libc;
  private final int fd;

  private TransitionDevice(Libc libc, int fd) {
    this.libc = libc;
    this.fd = fd;
  }

  /** Opens the device. */
  public static TransitionDevice open(Libc libc, Path path) throws IOException {
    return new TransitionDevice(libc, libc.openReadWrite(path));
  }

  /** Returns the version of the interface that the loaded module speaks. */
  int abi() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StructCall call = call(arena, Request.VERSION);
      call.run();
      return call.getInt("abi");
    }
  }

  @Override
  public void start(Order order) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment spans =
          arena.allocate((long) TransitionAbi.SPAN_SIZE * order.spans().size(), 8);
      for (int i = 0; i < order.spans().size(); i++) {
        spans.set(JAVA_LONG, (long) i * TransitionAbi.SPAN_SIZE, order.spans().get(i).start());
        spans.set(JAVA_LONG, (long) i * TransitionAbi.SPAN_SIZE + 8, order.spans().get(i).end());
      }
      StructCall call = call(arena, Request.START);
      call.set("spans", spans.address());
      call.set("span_count", order.spans().size());
      call.set("span_size", TransitionAbi.SPAN_SIZE);
      call.set("id", order.id());
      call.set("action", order.value().isPresent() ? XkAbi.ACTIVATE : XkAbi.DEACTIVATE);
      call.set("value", order.value().orElse(0L).longValue());
      call.set("epoch", order.epoch());
      call.set("mode", order.manner().mode().number());
      call.set("on_stall", order.manner().onStall().ordinal());
      call.set("timeout_ms", order.manner().timeoutMillis());
      call.run();
    }
  }

  @Override
  public TransitionReport progress(int waitMillis) throws IOException {
    return status(0, waitMillis);
  }

  @Override
  public Optional<TransitionReport> running(int id, int waitMillis) throws IOException {
    try {
      return Optional.of(status(id, waitMillis));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private TransitionReport status(int id, int waitMillis) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment blockers =
          arena.allocate((long) TransitionAbi.BLOCKERS_MAX * TransitionAbi.BLOCKER_SIZE, 8);
      StructCall call = call(arena, Request.STATUS);
      call.set("id", id);
      call.set("wait_ms", waitMillis);
      call.set("blockers", blockers.address());
      call.set("blocker_count", TransitionAbi.BLOCKERS_MAX);
      call.set("blocker_size", TransitionAbi.BLOCKER_SIZE);
      call.run();
      List<StalledTask> named = new ArrayList<>();
      for (int i = 0; i < call.getInt("blocker_count"); i++) {
        named.add(
            blocker(
                blockers.asSlice(
                    (long) i * TransitionAbi.BLOCKER_SIZE, TransitionAbi.BLOCKER_SIZE)));
      }
      return new TransitionReport(
          Mode.of(call.getInt("mode")),
          State.values()[call.getInt("state")],
          Reason.values()[call.getInt("reason")],
          call.getInt("tasks"),
          call.getInt("pending"),
          call.getInt("inside_first"),
          call.getInt("stops"),
          call.getInt("stop_max_us"),
          call.getLong("elapsed_us"),
          new Latencies(
              call.getInt("task_us_min"),
              call.getInt("task_us_p50"),
              call.getInt("task_us_p99"),
              call.getInt("task_us_max")),
          named);
    }
  }

  private static StalledTask blocker(MemorySegment struct) {
    return new StalledTask(
        struct.get(JAVA_INT, TransitionAbi.BLOCKER_TID),
        struct.getString(TransitionAbi.BLOCKER_COMM, StandardCharsets.ISO_8859_1),
        struct.getString(TransitionAbi.BLOCKER_SYMBOL, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() {
    libc.close(fd);
  }

  private StructCall call(Arena arena, Request request) {
    return new StructCall(
        libc,
        fd,
        arena,
        request.layout(),
        request.code(),
        "/dev/" + TransitionAbi.DEVICE + " " + request);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.status;

import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.KernelTunableStatus;
import io.kernelx.operator.cluster.StatusWriter;
import io.kernelx.operator.cluster.StatusWriter.TunableEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a status when it has changed, and then its events. Remembers what it wrote, because the
 * cache may still show what was there before; that memory ends with the resource.
 */
public final class StatusRecorder {

  private static final Logger LOG = LoggerFactory.getLogger(StatusRecorder.class);

  private static final KernelTunableStatus NOTHING =
      new KernelTunableStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  private final StatusWriter writer;
  private final EventPlanner events;
  private final Map<String, KernelTunableStatus> written = new ConcurrentHashMap<>();

  public StatusRecorder(StatusWriter writer, EventPlanner events) {
    this.writer = writer;
    this.events = events;
  }

  /** Returns the status as it was last written; never null, its fields may be. */
  public KernelTunableStatus previous(KernelTunable tunable) {
    KernelTunableStatus last = written.get(tunable.getMetadata().getUid());
    if (last != null) {
      return last;
    }
    return tunable.getStatus() == null ? NOTHING : tunable.getStatus();
  }

  /** Writes {@code status} and its events, unless it is what is there. */
  public void record(KernelTunable tunable, KernelTunableStatus status) {
    KernelTunableStatus before = previous(tunable);
    if (status.equals(before) && status.equals(tunable.getStatus())) {
      return;
    }
    writer.status(tunable, status);
    written.put(tunable.getMetadata().getUid(), status);
    for (TunableEvent event : events.between(before, status)) {
      LOG.info("{}: {}: {}", tunable.getMetadata().getName(), event.reason(), event.message());
      writer.event(tunable, event);
    }
  }

  /** Forgets a resource that is gone. */
  public void forget(KernelTunable tunable) {
    written.remove(tunable.getMetadata().getUid());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.kernelx.api.v1alpha1.ConditionType;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.operator.observe.NodeFacts;
import java.util.List;
import java.util.Objects;

/** Tells changes that matter from those that do not: heartbeats, counters, our own writes. */
final class Changes {

  private Changes() {}

  /** A user's change of a KernelTunable, or of its life. */
  static boolean ofTunable(KernelTunable after, KernelTunable before) {
    var now = after.getMetadata();
    var then = before.getMetadata();
    return !Objects.equals(now.getGeneration(), then.getGeneration())
        || !Objects.equals(now.getDeletionTimestamp(), then.getDeletionTimestamp())
        || !Objects.equals(now.getAnnotations(), then.getAnnotations())
        || !Objects.equals(now.getFinalizers(), then.getFinalizers());
  }

  /** A change of one tunable that others of its constant care about. */
  static boolean ofRival(KernelTunable after, KernelTunable before) {
    return ofTunable(after, before) || isRejected(after) != isRejected(before);
  }

  private static boolean isRejected(KernelTunable tunable) {
    return tunable.getStatus() != null
        && tunable.getStatus().conditions().stream()
            .anyMatch(
                c ->
                    ConditionType.ACCEPTED.text().equals(c.getType())
                        && "False".equals(c.getStatus()));
  }

  static boolean ofNode(Node after, Node before) {
    return !NodeFacts.of(after).equals(NodeFacts.of(before));
  }

  static boolean ofTuning(NodeTuning after, NodeTuning before) {
    return !Objects.equals(after.getSpec(), before.getSpec())
        || !Objects.equals(
            after.getMetadata().getDeletionTimestamp(), before.getMetadata().getDeletionTimestamp())
        || !Objects.equals(withoutCounters(after.getStatus()), withoutCounters(before.getStatus()));
  }

  static boolean ofGeneration(HasMetadata after, HasMetadata before) {
    return !Objects.equals(
        after.getMetadata().getGeneration(), before.getMetadata().getGeneration());
  }

  private static NodeTuningStatus withoutCounters(NodeTuningStatus status) {
    if (status == null) {
      return null;
    }
    List<TunableReport> reports =
        status.tunables().stream().map(r -> r.withCounts(null, null)).toList();
    return new NodeTuningStatus(
        status.observedGeneration(),
        status.bootId(),
        status.kernel(),
        status.agentVersion(),
        status.problems(),
        reports);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.observe;

import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import java.util.List;
import java.util.Optional;

/** The cluster as the caches have it. */
public interface Fleet {

  /** Returns all nodes, by name. */
  List<NodeFacts> nodes();

  /** Returns a node. */
  Optional<NodeFacts> node(String name);

  /** Returns all KernelTunables, those being deleted among them. */
  List<KernelTunable> tunables();

  /** Returns all NodeTunings. */
  List<NodeTuning> tunings();

  /** Returns a node's NodeTuning. */
  Optional<NodeTuning> tuning(String node);

  /** Returns a KernelBuild. */
  Optional<KernelBuild> build(String name);
}

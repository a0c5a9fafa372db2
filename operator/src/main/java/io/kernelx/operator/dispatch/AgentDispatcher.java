// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.dispatch;

import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kernelx.operator.definition.Definition;
import io.kernelx.operator.observe.Fleet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps the agents' DaemonSet as it must be. Called after every look at a tunable; writes only when
 * the DaemonSet is not the one that is wanted. Threads take turns.
 */
public final class AgentDispatcher {

  /** Annotation with a digest of what the operator wrote. */
  static final String DIGEST = "kernelx.io/dispatched";

  private final Fleet fleet;
  private final AgentPlacement placement;
  private final AgentDaemonSet template;
  private final AgentSettings settings;
  private final AgentWriter writer;

  public AgentDispatcher(
      Fleet fleet,
      AgentPlacement placement,
      AgentDaemonSet template,
      AgentSettings settings,
      AgentWriter writer) {
    this.fleet = fleet;
    this.placement = placement;
    this.template = template;
    this.settings = settings;
    this.writer = writer;
  }

  /**
   * Makes, changes or deletes the DaemonSet.
   *
   * @param gone the uid of a tunable that is about to be gone
   */
  public synchronized void dispatch(Optional<String> gone) {
    List<NodeSelectorTerm> terms = placement.terms(fleet, gone);
    Optional<DaemonSet> current = writer.current();
    if (terms.isEmpty()) {
      if (current.isPresent()) {
        writer.delete();
      }
      return;
    }
    DaemonSet wanted = template.write(settings, writer.owner(), terms);
    String digest = digest(wanted);
    String agents = digest(template.write(settings, Optional.empty(), List.of()));
    wanted
        .getMetadata()
        .setAnnotations(Map.of(DIGEST, digest, AgentReplacement.AGENTS_DIGEST, agents));
    boolean same =
        current
            .map(c -> c.getMetadata().getAnnotations())
            .map(annotations -> digest.equals(annotations.get(DIGEST)))
            .orElse(false);
    if (!same || differs(current.get(), wanted)) {
      wanted.getSpec().setUpdateStrategy(AgentReplacement.strategy(current, agents));
      writer.write(wanted);
    }
  }

  private static String digest(DaemonSet set) {
    return Definition.sha256(Serialization.asJson(set)).substring(0, 16);
  }

  /** Returns whether someone else changed what decides where and as what agents run. */
  private static boolean differs(DaemonSet current, DaemonSet wanted) {
    var is = current.getSpec().getTemplate().getSpec();
    var shall = wanted.getSpec().getTemplate().getSpec();
    return !Objects.equals(is.getAffinity(), shall.getAffinity())
        || !Objects.equals(is.getServiceAccountName(), shall.getServiceAccountName())
        || !Objects.equals(
            is.getContainers().getFirst().getImage(), shall.getContainers().getFirst().getImage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What the operator knows of a KernelTunable. Written by the operator alone.
 *
 * @param observedGeneration the generation of the spec that this status speaks of
 * @param phase one word for where it stands
 * @param constant the constant's name, also for inline definitions
 * @param revision the generation at which definition, value or mode last changed; what nodes are
 *     told
 * @param definition the definition as it was resolved for this generation
 * @param target what {@code revision} stands for
 * @param lastStable the last revision that every matched node applied
 * @param nodes counts of nodes; each matched node is in exactly one of the others
 * @param kernelCount how many different kernels the matched nodes run
 * @param kernels those kernels, at most 16, those with most nodes first
 * @param failures nodes that failed, at most 10
 * @param waiting nodes on which tasks hold a transition up, at most 10
 * @param transition how long the nodes' transitions took
 * @param conditions see {@link ConditionType}
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record KernelTunableStatus(
    Long observedGeneration,
    TunablePhase phase,
    String constant,
    Long revision,
    PinnedDefinition definition,
    Target target,
    StableRevision lastStable,
    NodeCounts nodes,
    Integer kernelCount,
    @Size(max = 16) List<KernelSummary> kernels,
    @Size(max = 10) List<NodeFailure> failures,
    @Size(max = 10) List<NodeWait> waiting,
    TransitionTimes transition,
    List<Condition> conditions) {

  public KernelTunableStatus {
    kernels = kernels == null ? List.of() : List.copyOf(kernels);
    failures = failures == null ? List.of() : List.copyOf(failures);
    waiting = waiting == null ? List.of() : List.copyOf(waiting);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /**
   * A definition as it was resolved; it holds until the spec changes.
   *
   * @param generation the generation it was resolved for
   * @param digest {@code sha256:<hex>} over the text
   * @param text the definition in TOML
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PinnedDefinition(Long generation, String digest, String text) {}

  /**
   * What nodes shall run.
   *
   * @param value decimal
   * @param mode the guarantee of the change
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Target(String value, ConsistencyMode mode) {}

  /**
   * A revision that every matched node applied.
   *
   * @param revision as in the status then
   * @param definitionDigest of the definition
   * @param value decimal
   * @param mode the guarantee of the change
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record StableRevision(
      Long revision, String definitionDigest, String value, ConsistencyMode mode) {}

  /**
   * Counts of nodes.
   *
   * @param matched by the selector; all others count these same nodes
   * @param pending not yet told, or not yet begun
   * @param building waiting for a plan of their kernel
   * @param transitioning changing now
   * @param applied running with the value of this revision
   * @param failed could not be changed, or must not be
   * @param drifted no longer as they were left
   * @param unsupported not x86-64, or a kernel outside {@code spec.kernels}
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodeCounts(
      int matched,
      int pending,
      int building,
      int transitioning,
      int applied,
      int failed,
      int drifted,
      int unsupported) {}

  /**
   * One kernel among the matched nodes.
   *
   * @param release as {@code uname -r} has it
   * @param buildId hexadecimal
   * @param nodes how many nodes run it
   * @param build the KernelBuild's name
   * @param phase how far that build is
   * @param expression what is written at the sites, when the plan says so in one line
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record KernelSummary(
      String release,
      String buildId,
      int nodes,
      String build,
      BuildPhase phase,
      String expression) {}

  /**
   * A node that failed.
   *
   * @param node its name
   * @param reason one word
   * @param message one sentence
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodeFailure(String node, String reason, String message) {}

  /**
   * A node on which tasks hold a transition up.
   *
   * @param node its name
   * @param mode the transition's guarantee
   * @param startedAt when it began, RFC 3339
   * @param pendingTasks how many tasks have not moved yet
   * @param stalled some of those that are in the way, at most 10
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodeWait(
      String node,
      ConsistencyMode mode,
      String startedAt,
      Integer pendingTasks,
      @Size(max = 10) List<NodeTuningStatus.StalledTask> stalled) {

    public NodeWait {
      stalled = stalled == null ? List.of() : List.copyOf(stalled);
    }
  }

  /**
   * How long the nodes' transitions took, as durations.
   *
   * @param p50 half took no longer
   * @param p99 99 of 100 took no longer
   * @param max the longest
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TransitionTimes(String p50, String p99, String max) {}
}

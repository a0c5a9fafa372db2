// SPDX-License-Identifier: Apache-2.0
package io.kernelx.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * What a node's agent reports. Written by that agent alone.
 *
 * @param observedGeneration the generation of the spec that the agent has seen
 * @param bootId the boot that this status speaks of, as {@code /proc/sys/kernel/random/boot_id} has
 *     it
 * @param kernel the running kernel
 * @param agentVersion the agent's version
 * @param problems what the node lacks for loading, a sentence each
 * @param tunables one entry for each order, and for each tunable of an operator still in the kernel
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record NodeTuningStatus(
    Long observedGeneration,
    String bootId,
    Kernel kernel,
    String agentVersion,
    @Size(max = 10) List<String> problems,
    List<TunableReport> tunables) {

  public NodeTuningStatus {
    problems = problems == null ? List.of() : List.copyOf(problems);
    tunables = tunables == null ? List.of() : List.copyOf(tunables);
  }

  /**
   * A running kernel.
   *
   * @param release as {@code uname -r} has it
   * @param buildId hexadecimal, from {@code /sys/kernel/notes}
   * @param arch as Kubernetes names it: {@code amd64}
   * @param compiler from {@code /proc/version}
   * @param lockdown none, integrity or confidentiality
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Kernel(
      String release, String buildId, String arch, String compiler, String lockdown) {}

  /**
   * How one tunable stands.
   *
   * @param name the KernelTunable's name
   * @param uid its uid
   * @param constant the constant's name
   * @param revision the revision of the order that {@code state} answers
   * @param state how it stands
   * @param bootId the boot under which {@code state} was reached
   * @param observedValue the value the kernel runs with, read back; absent when it is the original
   * @param planDigest of the plan that is loaded
   * @param reason one word, when there is something to say
   * @param message one sentence
   * @param since when {@code state} was reached, RFC 3339
   * @param hits how often a probe was reached
   * @param missed how often the kernel passed over a probe
   * @param transition the last transition
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TunableReport(
      @Required String name,
      @Required String uid,
      String constant,
      Long revision,
      @Required NodeTunableState state,
      String bootId,
      String observedValue,
      String planDigest,
      String reason,
      String message,
      String since,
      Long hits,
      Long missed,
      Transition transition) {

    /** Returns the same report with other counts; null leaves a count out. */
    public TunableReport withCounts(Long hits, Long missed) {
      return new TunableReport(
          name,
          uid,
          constant,
          revision,
          state,
          bootId,
          observedValue,
          planDigest,
          reason,
          message,
          since,
          hits,
          missed,
          transition);
    }
  }

  /**
   * A transition.
   *
   * @param mode its guarantee
   * @param startedAt RFC 3339; absent until it has begun, and where nothing had to change
   * @param duration how long it took from then on; absent while it runs
   * @param outcome how it ended; absent while it runs
   * @param pendingTasks tasks that have not moved yet
   * @param stalled some of the tasks that hold it up, or did until the time was over, at most 10
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Transition(
      ConsistencyMode mode,
      String startedAt,
      String duration,
      TransitionOutcome outcome,
      Integer pendingTasks,
      @Size(max = 10) List<StalledTask> stalled) {

    public Transition {
      stalled = stalled == null ? List.of() : List.copyOf(stalled);
    }
  }

  /**
   * A task that holds a transition up.
   *
   * @param tid its thread id
   * @param comm its name
   * @param function the function in whose safe span it stands
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record StalledTask(Integer tid, String comm, String function) {}
}

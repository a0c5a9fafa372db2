// SPDX-License-Identifier: Apache-2.0
package io.kernelx.agent.node;

import io.kernelx.api.v1alpha1.NodeTunableState;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.api.v1alpha1.NodeTuningSpec.NodeTunable;
import io.kernelx.api.v1alpha1.NodeTuningStatus;
import io.kernelx.api.v1alpha1.NodeTuningStatus.TunableReport;
import io.kernelx.runtime.KernelFacts;
import io.kernelx.runtime.LoadedTunable;
import io.kernelx.runtime.NodeRuntime;
import io.kernelx.runtime.RuntimeRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Brings this node's kernel to what its NodeTuning orders, and reports.
 *
 * <p>A pass, over the newest known NodeTuning:
 *
 * <ol>
 *   <li>On the first pass, and when the resource was made anew, take the reports that stand in the
 *       API server as what was last said.
 *   <li>Judge reports of an earlier boot: under suspicion ({@link QuarantineRule}) the tunable is
 *       quarantined; otherwise nothing of it is loaded any more and the order is carried out again.
 *   <li>Write identity, kernel and lacks, if they changed.
 *   <li>For each order, in the order of the list, let {@link OrderStep} carry it out. A step that
 *       is about to write to the kernel announces that first, and nothing is written to the kernel
 *       unless the API server has acknowledged it.
 *   <li>Write what has changed; counts alone at most every 30 seconds.
 * </ol>
 *
 * <p>A pass may be repeated at any time and after any failure. Not for several threads.
 */
public final class NodeReconciler {
  static final Duration COUNTS_EVERY = Duration.ofSeconds(30);
  static final Duration FACTS_EVERY = Duration.ofMinutes(1);

  private final String agentVersion;
  private final NodeRuntime runtime;
  private final StatusBoard board;
  private final Clock clock;
  private final Instant bootedAt;
  private final OrderStep step;

  private KernelFacts facts;
  private Instant factsAt = Instant.MIN;
  private String resourceUid = "";
  private NodeTuningStatus known;
  private Instant countsAt = Instant.MIN;

  /**
   * @param agentVersion reported as it is
   * @param bootedAt when the running kernel started
   * @param threads where orders are carried out
   */
  public NodeReconciler(
      String agentVersion,
      NodeRuntime runtime,
      PlanSource plans,
      StatusBoard board,
      Clock clock,
      Instant bootedAt,
      OrderThreads threads) {
    this.agentVersion = agentVersion;
    this.runtime = runtime;
    this.board = board;
    this.clock = clock;
    this.bootedAt = bootedAt;
    this.step = new OrderStep(runtime, new OrderedPlans(plans), clock, threads);
  }

  /**
   * Makes one pass.
   *
   * @throws NotAcknowledgedException if a status could not be written; the kernel was not touched
   *     after that, and the next pass goes on from there
   */
  public void reconcile(NodeTuning tuning) throws NotAcknowledgedException {
    refreshFacts();
    Map<String, TunableReport> reports = lastReports(tuning);
    List<NodeTunable> orders =
        tuning.getSpec() == null ? List.of() : List.copyOf(tuning.getSpec().tunables());
    judgeEarlierBoots(orders, reports);
    List<LoadedTunable> loaded = List.of();
    List<String> problems = new ArrayList<>(facts.missing());
    boolean readable = true;
    try {
      loaded = runtime.loaded();
    } catch (RuntimeRefusedException e) {
      readable = false;
      problems.addFirst(e.getMessage());
    }
    Pass pass = new Pass(tuning, orders, reports, problems);
    pass.addUnordered(loaded);
    pass.publish();
    step.keepOnly(orders);
    for (NodeTunable order : orders) {
      if (readable) {
        step.carryOut(order, facts, Optional.ofNullable(reports.get(order.uid())), pass::announce);
      }
    }
    pass.publish();
  }

  private void refreshFacts() {
    Instant now = clock.instant();
    if (facts == null || now.isAfter(factsAt.plus(FACTS_EVERY))) {
      facts = runtime.facts();
      factsAt = now;
    }
  }

  private Map<String, TunableReport> lastReports(NodeTuning tuning) {
    String uid = Objects.requireNonNullElse(tuning.getMetadata().getUid(), "");
    if (known == null || !uid.equals(resourceUid)) {
      known = tuning.getStatus();
      resourceUid = uid;
    }
    Map<String, TunableReport> reports = new LinkedHashMap<>();
    if (known != null) {
      known.tunables().forEach(r -> reports.put(r.uid(), r));
    }
    return reports;
  }

  private void judgeEarlierBoots(List<NodeTunable> orders, Map<String, TunableReport> reports) {
    QuarantineRule rule = new QuarantineRule(facts.bootId(), bootedAt);
    for (NodeTunable order : orders) {
      TunableReport last = reports.get(order.uid());
      if (last == null
          || last.state() == NodeTunableState.QUARANTINED
          || facts.bootId().equals(last.bootId())) {
        continue;
      }
      Instant now = clock.instant();
      reports.put(
          order.uid(),
          rule.suspects(last)
              ? FoundReports.quarantined(order, last, rule, now)
              : FoundReports.rebooted(order, facts.bootId(), now));
    }
  }

  /** What one pass reads and writes. */
  private final class Pass {
    private final NodeTuning tuning;
    private final List<NodeTunable> orders;
    private final Map<String, TunableReport> reports;
    private final List<String> problems;
    private final Map<String, TunableReport> unordered = new LinkedHashMap<>();

    Pass(
        NodeTuning tuning,
        List<NodeTunable> orders,
        Map<String, TunableReport> reports,
        List<String> problems) {
      this.tuning = tuning;
      this.orders = orders;
      this.reports = reports;
      this.problems = problems;
    }

    void addUnordered(List<LoadedTunable> loaded) {
      for (LoadedTunable live : loaded) {
        if (orders.stream().noneMatch(o -> o.uid().equals(live.owner()))) {
          TunableReport last = reports.get(live.owner());
          TunableReport report =
              FoundReports.unordered(live, last, facts.bootId(), clock.instant());
          unordered.put(report.uid(), report);
        }
      }
    }

    void announce(TunableReport report) throws NotAcknowledgedException {
      reports.put(report.uid(), report);
      publish();
    }

    void publish() throws NotAcknowledgedException {
      NodeTuningStatus status = status();
      Instant now = clock.instant();
      boolean countsDue = now.isAfter(countsAt.plus(COUNTS_EVERY));
      if (status.equals(known)
          || (known != null && !countsDue && Counts.none(status).equals(Counts.none(known)))) {
        return;
      }
      board.write(status);
      known = status;
      countsAt = now;
    }

    private NodeTuningStatus status() {
      List<TunableReport> list = new ArrayList<>();
      orders.stream().map(o -> reports.get(o.uid())).filter(Objects::nonNull).forEach(list::add);
      list.addAll(unordered.values());
      return new NodeTuningStatus(
          tuning.getMetadata().getGeneration(),
          facts.bootId(),
          new NodeTuningStatus.Kernel(
              facts.release(),
              facts.buildId(),
              facts.arch().equals("x86_64") ? "amd64" : facts.arch(),
              facts.compiler(),
              facts.lockdown()),
          agentVersion,
          problems.stream().limit(10).toList(),
          list);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.kernelx.api.v1alpha1.KernelBuild;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.operator.config.OperatorConfig;
import io.kernelx.operator.dispatch.AgentDaemonSet;
import io.kernelx.operator.dispatch.AgentDispatcher;
import io.kernelx.operator.observe.FleetObserver;
import io.kernelx.operator.observe.Selectors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Binds KernelTunables, and all that concerns them, to their reconciliation. */
@ControllerConfiguration(
    name = "kerneltunable",
    finalizerName = KernelTunable.FINALIZER,
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = KernelTunableReconciler.UserChange.class))
@RateLimited(maxReconciliations = 4, within = 1, unit = TimeUnit.SECONDS)
public class KernelTunableReconciler implements Reconciler<KernelTunable>, Cleaner<KernelTunable> {

  private static final Logger LOG = LoggerFactory.getLogger(KernelTunableReconciler.class);
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

  /** Lets through what a user changed, and not what the operator wrote. */
  public static final class UserChange implements OnUpdateFilter<KernelTunable> {
    @Override
    public boolean accept(KernelTunable after, KernelTunable before) {
      return Changes.ofTunable(after, before);
    }
  }

  private final TunableReconciliation reconciliation;
  private final TunableCleanup cleanup;
  private final AgentDispatcher dispatcher;
  private final CachedFleet fleet;
  private final OperatorConfig config;

  public KernelTunableReconciler(
      TunableReconciliation reconciliation,
      TunableCleanup cleanup,
      AgentDispatcher dispatcher,
      CachedFleet fleet,
      OperatorConfig config) {
    this.reconciliation = reconciliation;
    this.cleanup = cleanup;
    this.dispatcher = dispatcher;
    this.fleet = fleet;
    this.config = config;
  }

  @Override
  public UpdateControl<KernelTunable> reconcile(
      KernelTunable tunable, Context<KernelTunable> context) {
    reconciliation.reconcile(tunable);
    dispatcher.dispatch(Optional.empty());
    return UpdateControl.<KernelTunable>noUpdate().rescheduleAfter(LOOK_AGAIN);
  }

  @Override
  public DeleteControl cleanup(KernelTunable tunable, Context<KernelTunable> context) {
    boolean done = cleanup.cleanup(tunable);
    dispatcher.dispatch(done ? Optional.of(tunable.getMetadata().getUid()) : Optional.empty());
    return done
        ? DeleteControl.defaultDelete()
        : DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK_AGAIN.toMillis());
  }

  @Override
  public List<EventSource<?, KernelTunable>> prepareEventSources(
      EventSourceContext<KernelTunable> context) {
    var tunables = context.getPrimaryCache();
    InformerEventSource<Node, KernelTunable> nodes =
        source(
            Node.class, "nodes", context, node -> ids(tunables.list(), t -> true), Changes::ofNode);
    InformerEventSource<NodeTuning, KernelTunable> tunings =
        source(
            NodeTuning.class,
            "tunings",
            context,
            tuning -> ids(tunables.list(), t -> concerns(t, tuning)),
            Changes::ofTuning);
    InformerEventSource<KernelBuild, KernelTunable> builds =
        source(
            KernelBuild.class,
            "builds",
            context,
            build ->
                ids(
                    tunables.list(),
                    t -> build.getSpec().constant().equals(FleetObserver.constantOf(t))),
            (after, before) -> true);
    InformerEventSource<KernelTunable, KernelTunable> rivals =
        source(
            KernelTunable.class,
            "rivals",
            context,
            rival ->
                ids(
                    tunables.list(),
                    t ->
                        !t.getMetadata().getUid().equals(rival.getMetadata().getUid())
                            && FleetObserver.constantOf(t).equals(FleetObserver.constantOf(rival))),
            Changes::ofRival);
    InformerEventSource<DaemonSet, KernelTunable> agents =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(DaemonSet.class, KernelTunable.class)
                .withName("agents")
                .withNamespaces(Set.of(config.namespace()))
                .withLabelSelector(
                    AgentDaemonSet.LABELS.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .sorted()
                        .collect(Collectors.joining(",")))
                .withSecondaryToPrimaryMapper(ds -> ids(tunables.list(), t -> true))
                .withPrimaryToSecondaryMapper((KernelTunable t) -> Set.of())
                .withOnUpdateFilter(Changes::ofGeneration)
                .build(),
            context);
    fleet.use(new CachedFleet.Caches(rivals, nodes, tunings, builds, agents));
    return List.of(nodes, tunings, builds, rivals, agents);
  }

  private static <R extends HasMetadata> InformerEventSource<R, KernelTunable> source(
      Class<R> type,
      String name,
      EventSourceContext<KernelTunable> context,
      SecondaryToPrimaryMapper<R> mapper,
      BiPredicate<R, R> matters) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, KernelTunable.class)
            .withName(name)
            .withSecondaryToPrimaryMapper(mapper)
            .withPrimaryToSecondaryMapper((KernelTunable t) -> Set.of())
            .withOnUpdateFilter(matters::test)
            .build(),
        context);
  }

  private static Set<ResourceID> ids(
      Stream<KernelTunable> tunables, Predicate<KernelTunable> which) {
    return tunables.filter(which).map(ResourceID::fromResource).collect(Collectors.toSet());
  }

  private boolean concerns(KernelTunable tunable, NodeTuning tuning) {
    boolean ordered =
        tuning.getSpec() != null
            && tuning.getSpec().tunables().stream()
                .anyMatch(order -> order.uid().equals(tunable.getMetadata().getUid()));
    return ordered
        || fleet
            .node(tuning.getMetadata().getName())
            .map(n -> Selectors.matches(tunable.getSpec().nodeSelector(), n.labels()))
            .orElse(true);
  }
}

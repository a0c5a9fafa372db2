// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.kernelx.api.v1alpha1.NodeTuning;
import io.kernelx.operator.dispatch.AgentDispatcher;
import java.time.Duration;
import java.util.Optional;

/** Binds NodeTunings to their upkeep. */
@ControllerConfiguration(
    name = "nodetuning",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = NodeTuningReconciler.RelevantChange.class))
public class NodeTuningReconciler implements Reconciler<NodeTuning> {

  private static final Duration STARTING = Duration.ofSeconds(1);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  /** Lets through all but counters. */
  public static final class RelevantChange implements OnUpdateFilter<NodeTuning> {
    @Override
    public boolean accept(NodeTuning after, NodeTuning before) {
      return Changes.ofTuning(after, before);
    }
  }

  private final TuningUpkeep upkeep;
  private final AgentDispatcher dispatcher;
  private final CachedFleet fleet;

  public NodeTuningReconciler(TuningUpkeep upkeep, AgentDispatcher dispatcher, CachedFleet fleet) {
    this.upkeep = upkeep;
    this.dispatcher = dispatcher;
    this.fleet = fleet;
  }

  @Override
  public UpdateControl<NodeTuning> reconcile(NodeTuning tuning, Context<NodeTuning> context) {
    UpdateControl<NodeTuning> control = UpdateControl.noUpdate();
    if (!fleet.isComplete()) {
      return control.rescheduleAfter(STARTING);
    }
    return switch (upkeep.reconcile(tuning)) {
      case SETTLED -> control;
      case LOOK_AGAIN -> control.rescheduleAfter(LOOK_AGAIN);
      case CHANGED -> {
        dispatcher.dispatch(Optional.empty());
        yield control;
      }
    };
  }
}

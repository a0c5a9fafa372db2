// SPDX-License-Identifier: Apache-2.0
package io.kernelx.operator.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kernelx.api.v1alpha1.KernelTunable;
import io.kernelx.operator.build.BuildPlanner;
import io.kernelx.operator.build.BuildPruner;
import io.kernelx.operator.build.BuildUse;
import io.kernelx.operator.build.ReportAggregator;
import io.kernelx.operator.cluster.ServerSideWriter;
import io.kernelx.operator.config.OperatorConfig;
import io.kernelx.operator.definition.DefinitionReader;
import io.kernelx.operator.definition.FolderCatalogue;
import io.kernelx.operator.dispatch.AgentDaemonSet;
import io.kernelx.operator.dispatch.AgentDispatcher;
import io.kernelx.operator.dispatch.AgentPlacement;
import io.kernelx.operator.dispatch.AgentSettings;
import io.kernelx.operator.dispatch.AgentWriter;
import io.kernelx.operator.dispatch.ClusterAgents;
import io.kernelx.operator.dispatch.NoAgents;
import io.kernelx.operator.observe.FleetObserver;
import io.kernelx.operator.rollout.RolloutPlanner;
import io.kernelx.operator.status.EventPlanner;
import io.kernelx.operator.status.StatusAggregator;
import io.kernelx.operator.status.StatusRecorder;
import io.kernelx.operator.validate.SpecValidator;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/** Puts the operator together. */
public class OperatorBeans {

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  CachedFleet fleet() {
    return new CachedFleet();
  }

  @Produces
  @Singleton
  ServerSideWriter writer(KubernetesClient client, CachedFleet fleet, Clock clock) {
    return new ServerSideWriter(client, fleet, clock);
  }

  @Produces
  @Singleton
  StatusAggregator aggregator() {
    return new StatusAggregator();
  }

  @Produces
  @Singleton
  ReportAggregator reports() {
    return new ReportAggregator();
  }

  @Produces
  @Singleton
  StatusRecorder recorder(ServerSideWriter writer) {
    return new StatusRecorder(writer, new EventPlanner());
  }

  @Produces
  @Singleton
  TunableReconciliation reconciliation(
      CachedFleet fleet,
      OperatorConfig config,
      ServerSideWriter writer,
      StatusAggregator aggregator,
      StatusRecorder recorder,
      Clock clock) {
    DefinitionReader reader = new DefinitionReader();
    return new TunableReconciliation(
        fleet,
        new FleetObserver(fleet),
        new SpecValidator(new FolderCatalogue(config.catalogue(), reader), reader),
        new BuildPlanner(config.builders().orElse(List.of())),
        new RolloutPlanner(),
        writer,
        writer,
        aggregator,
        recorder,
        config.plannerVersion(),
        clock);
  }

  @Produces
  @Singleton
  BuildPruner pruner(CachedFleet fleet, OperatorConfig config, Clock clock) {
    return new BuildPruner(new BuildUse(fleet, config.plannerVersion()), clock);
  }

  @Produces
  @Singleton
  TunableCleanup cleanup(
      CachedFleet fleet,
      ServerSideWriter writer,
      StatusAggregator aggregator,
      StatusRecorder recorder,
      Clock clock) {
    return new TunableCleanup(fleet, writer, aggregator, recorder, clock);
  }

  @Produces
  @Singleton
  TuningUpkeep upkeep(CachedFleet fleet, ServerSideWriter writer, KubernetesClient client) {
    return new TuningUpkeep(
        fleet,
        writer,
        uid ->
            client.resources(KernelTunable.class).list().getItems().stream()
                .anyMatch(tunable -> tunable.getMetadata().getUid().equals(uid)));
  }

  @Produces
  @Singleton
  AgentDispatcher dispatcher(CachedFleet fleet, KubernetesClient client, OperatorConfig config) {
    AgentWriter agents =
        config.agent().dispatch()
            ? new ClusterAgents(
                client,
                config.namespace(),
                config.deployment().filter(name -> !name.isBlank()),
                () -> fleet.agents(config.namespace(), AgentDaemonSet.NAME),
                fleet)
            : new NoAgents();
    AgentSettings settings = settings(config);
    return new AgentDispatcher(fleet, new AgentPlacement(), new AgentDaemonSet(), settings, agents);
  }

  private static AgentSettings settings(OperatorConfig config) {
    var agent = config.agent();
    List<Toleration> everywhere = List.of(new TolerationBuilder().withOperator("Exists").build());
    return new AgentSettings(
        config.namespace(),
        agent.image(),
        agent.pullPolicy(),
        agent.serviceAccount(),
        agent.form().filter(text -> !text.isBlank()),
        agent
            .resources()
            .filter(text -> !text.isBlank())
            .map(text -> json("kernelx.agent.resources", text, ResourceRequirements.class)),
        agent
            .tolerations()
            .filter(text -> !text.isBlank())
            .map(text -> List.of(json("kernelx.agent.tolerations", text, Toleration[].class)))
            .orElse(everywhere));
  }

  private static <T> T json(String key, String text, Class<T> type) {
    try {
      return new ObjectMapper().readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not the JSON of a %s: %s"
              .formatted(key, type.getSimpleName(), e.getOriginalMessage()),
          e);
    }
  }
}
